"""One exhibit that was given alone, dropped on the window: it is checked as such, and again once it was changed."""

from __future__ import annotations

from pathlib import Path

from casebound_packaging import disclosing
from casebound_packaging.verify.container import open_container

RELEASED = Path(__file__).parents[1] / "packaging" / "released" / "casebound-0.1.0.zip"


def test_a_folder_of_one_exhibit_is_checked(program, settle, tmp_path: Path) -> None:
    folder = tmp_path / "page"
    with open_container(RELEASED) as package:
        disclosing.write(folder, disclosing.of_package(package, "EX-0002"))
    program.dropped([folder])
    settle(lambda: program.package is not None and program.package.result.checked is not None)
    screen = program.package.result
    assert screen.verdict.headline == "Intact, signer not confirmed"
    assert "original.png (attachment 1) stands in a custody record" in screen.checked.sentence
    assert [row.result.state for row in screen.rows.rows] == ["pass", "pass", "pass", "pass", "unknown", "unknown"]
    assert not screen.open_button.isVisible()
    (folder / "original.png").write_bytes(b"another")
    settle(lambda: screen.checked is None and screen.again.isVisible())
    screen.check(folder)
    settle(lambda: screen.checked is not None and bool(screen.checked.report.findings))
    assert (screen.verdict.headline, screen.verdict.tone) == ("Not verified", "bad")
    assert "not the one that the entry attached" in screen.checked.sentence
