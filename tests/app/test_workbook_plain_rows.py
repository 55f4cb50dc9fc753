"""Rows read the quick way are the rows that the XML parser reads, in whatever way they are written."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))  # importlib mode has no other way to share `made_workbooks`

from made_workbooks import row, text, xlsx

from casebound.errors import BadSource
from casebound.importers import importer_of, sheetcells
from casebound.importers.plainrows import plain_rows
from casebound.previewing import preview

SHARED = Path(__file__).parents[3] / "shared" / "data"
OTHERS = sorted(SHARED.glob("*/*.xlsx"))

VALUES = st.text(st.sampled_from("aZ0 .é漢_x<>&'\"\n\t\r\x01-]E+"), max_size=6)
PLAIN = st.sampled_from(["1", "46082.5", "0", "-1", "1e5", "", " 7 ", "nan", "12.0", "123456789012345678", "x", "99"])


def _escaped(value: str) -> str:
    return value.replace("&", "&amp;").replace("<", "&lt;")


@st.composite
def cells(draw: st.DrawFn) -> str:
    place = draw(st.sampled_from(['r="A1" ', 'r="B1" ', 'r="C1" ', 'r="XFD1" ', 'r="b1" ', ""]))
    style = draw(st.sampled_from(["", 's="1" ', 's="0" ']))
    kind = draw(st.sampled_from(["", 't="n" ', 't="s" ', 't="str" ', 't="b" ', 't="e" ', 't="d" ', 't="inlineStr" ']))
    inside = draw(
        st.one_of(
            st.builds(lambda value: f"<v>{value}</v>", PLAIN),
            st.builds(lambda value: f"<v>{_escaped(value)}</v>", VALUES),
            st.builds(lambda value: f"<is><t>{_escaped(value)}</t></is>", VALUES),
            st.builds(lambda value: f'<is><t xml:space="preserve">{value}</t></is>', PLAIN),
            st.builds(lambda value: f"<f>A1</f><v>{value}</v>", PLAIN),
            st.sampled_from(["", "<!-- c -->", "<v><![CDATA[1]]></v>", "<is><r><t>a</t></r><r><t>b</t></r></is>"]),
        )
    )
    attributes = "".join(draw(st.sampled_from([(place, style, kind), (place, kind, style)]))).rstrip()
    start = f"<c {attributes}" if attributes else "<c"
    return f"{start}>{inside}</c>" if inside or draw(st.booleans()) else f"{start}/>"


@st.composite
def sheets(draw: st.DrawFn) -> str:
    rows = [row(1, text("A1", "id"), text("B1", "ts"), text("C1", "n"))]
    for _ in range(draw(st.integers(0, 4))):
        line = draw(st.sampled_from(["", ' r="2"', ' r="3"', ' r="4" hidden="1"', ' spans="1:3" r="9" ht="15"']))
        between = draw(st.sampled_from(["", "\n", "<!-- <row/> -->"]))
        rows.append(f"{between}<row{line}>{''.join(draw(st.lists(cells(), max_size=4)))}</row>")
    return "".join(rows)


def _told(path: Path) -> object:
    try:
        found = []
        for one in preview(path):
            for batch in importer_of(one.format).batches(path, one.member, one.mapping):
                found.append((batch.columns, batch.lines.tolist(), batch.values, batch.refused, batch.told))
    except BadSource as error:
        return error.title
    return found


def _both(path: Path) -> tuple[object, object]:
    quick = _told(path)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sheetcells, "plain_rows", lambda block: None)
        return quick, _told(path)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sheets())
def test_the_quick_way_tells_what_the_parser_tells(tmp_path: Path, rows: str) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(xlsx(rows, codes=["yyyy-mm-dd hh:mm"], shared=["<t>s0</t>", "<t>s1</t>"]))
    quick, parsed = _both(path)
    assert quick == parsed


@pytest.mark.skipif(not OTHERS, reason="the shared data sets are not here")
@pytest.mark.parametrize("path", OTHERS, ids=lambda path: path.name)
def test_the_same_rows_of_others(path: Path) -> None:
    quick, parsed = _both(path)
    assert quick == parsed


@pytest.mark.parametrize(
    ("block", "plain"),
    [
        (b'<row r="1"><c r="A1"><v>1</v></c></row>', True),
        (b' <row/>\n<row r="2" spans="1:2"></row> ', True),
        (b"<row r='1'/>", False),
        (b'<row r="1" r="2"/>', False),
        (b'<row r="1"><c r="A1"><f>B1</f><v>1</v></c></row>', False),
        (b'<row r="1"><c r="A1"><v>&amp;</v></c></row>', False),
        (b'<row r="1"><c r="A1"><v>\x01</v></c></row>', False),
        (b'<row r="1"><c r="A1"><v>\xff</v></c></row>', False),
        (b"<!-- <row/> -->", False),
        (b'<row r="1">', False),
        (b"<rowBreaks/>", False),
    ],
)
def test_what_is_plain(block: bytes, plain: bool) -> None:
    assert (plain_rows(block) is not None) is plain


def test_many_empty_cells_take_no_time_to_refuse() -> None:
    """No way of failing makes the pattern try again and again."""
    tries: Callable[[bytes], object] = plain_rows
    assert tries(b'<row r="1">' + b'<c r="A1"/>' * 40_000 + b"<d/></row>") is None
    assert tries(b"<row" + b' a="1"' * 40_000 + b"!/>") is None
