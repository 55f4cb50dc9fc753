"""Mutations by construction: every artefact of a package times every class of change that applies to it.

Nothing here names a file of the format. An artefact that a later version adds to the specimen (corpus_seed.py) is
flipped, cut, twinned, reordered and misstated like the others, without a word more.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from corpus_clock import stamped
from corpus_ledger import resign
from corpus_member import LEDGER, PACKAGE, SEAL, STAMP, Workshop
from corpus_seed import seal_seed
from corpus_statements import after
from corpus_trust import STAMPED
from corpus_versions import second_version
from tampering import jcs

Value = dict | list | str | int | float | bool | None
Path = tuple[str | int, ...]

_HEX = re.compile(r"[0-9a-f]{64}")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T")
_FEW = 4  # lines of a text that stands for itself; of the custody record every line is tried


@dataclass(frozen=True)
class Mutation:
    """`artefact` is a path, `kind` the class of the change, `place` a line or a field in it."""

    artefact: str
    kind: str
    place: str
    act: Callable[[Workshop], None]
    names: bool = False  # whether it changes which files there are

    @property
    def name(self) -> str:
        return f"{self.artefact} {self.kind} {self.place}".rstrip()


def specimen() -> Workshop:
    """A package of today's writer with one of everything that the format has."""
    shop = second_version(seal_seed(verifier=True))
    end = next(name for name in shop.files if name.endswith("10.checkpoint"))
    shop.files[f"{end}.tsr"] = stamped(shop.files[end], STAMPED)
    shop.relist()
    shop.files[STAMP] = stamped(shop.files[SEAL], STAMPED)
    return shop


# ------------------------------------------------------------------ by a stranger


def strangers(shop: Workshop) -> Iterator[Mutation]:
    """Bytes, lines and names of every file."""
    paths = sorted(shop.files)
    for number, path in enumerate(paths):
        data = shop.files[path]
        for kind, changed in _bytes(data):
            yield Mutation(path, kind, "", _put(path, changed))
        yield Mutation(path, "gone", "", lambda shop, path=path: shop.files.pop(path) and None, True)
        for kind, other in _names(path):
            yield Mutation(path, kind, other, _moved(path, other, keep=kind != "renamed"), True)
        neighbour = paths[(number + 1) % len(paths)]
        yield Mutation(path, "exchanged", neighbour, _exchanged(path, neighbour))
        if _is_text(data):
            yield from _lines(path, data)


def _bytes(data: bytes) -> Iterator[tuple[str, bytes]]:
    for place in sorted({0, len(data) // 2, len(data) - 1}):
        yield f"flipped at {place}", data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
    yield "longer by a byte", data + b"x"
    yield "shorter by a byte", data[:-1]
    yield "without its first byte", data[1:]
    yield "zero bytes", b""
    yield "half", data[: len(data) // 2]


def _names(path: str) -> Iterator[tuple[str, str]]:
    stem, dot, end = path.rpartition(".")
    folder, slash, name = path.rpartition("/")
    yield "renamed", f"{stem}-1{dot}{end}" if stem else f"{path}-1"
    yield "copied", f"{stem}-2{dot}{end}" if stem else f"{path}-2"
    yield "case twin", f"{folder}{slash}{name.swapcase()}"


def _lines(path: str, data: bytes) -> Iterator[Mutation]:
    lines = data.splitlines(keepends=True)
    whole = path.startswith("data/custody/") or len(lines) <= _FEW
    spread = range(len(lines)) if whole else range(0, len(lines), len(lines) // _FEW)
    for place in spread:
        rest = lines[place + 1 :]
        changes = {"cut before line": lines[:place], "without line": lines[:place] + rest,
                   "twice line": [*lines[:place], lines[place], *lines[place:]]}  # fmt: skip
        if rest and rest[0] != lines[place]:
            changes["exchanged line"] = [*lines[:place], rest[0], lines[place], *rest[1:]]
        for kind, changed in changes.items():
            yield Mutation(path, kind, str(place + 1), _put(path, b"".join(changed)))


def _is_text(data: bytes) -> bool:
    try:
        return "\n" in data.decode("utf-8").rstrip("\n")
    except UnicodeDecodeError:
        return False


def _put(path: str, data: bytes) -> Callable[[Workshop], None]:
    return lambda shop: shop.files.update({path: data})


def _moved(path: str, other: str, *, keep: bool) -> Callable[[Workshop], None]:
    def act(shop: Workshop) -> None:
        shop.files[other] = shop.files[path] if keep else shop.files.pop(path)

    return act


def _exchanged(path: str, other: str) -> Callable[[Workshop], None]:
    def act(shop: Workshop) -> None:
        shop.files[path], shop.files[other] = shop.files[other], shop.files[path]

    return act


# ------------------------------------------------------------------ by an insider


def insiders(shop: Workshop) -> Iterator[Mutation]:
    """Every field of every JSON: said otherwise, left out, said twice, and one more beside it; then sealed anew.

    Of fields that differ only by their place in a list, the first stands for all.
    """
    seen: set[str] = set()
    for path in sorted(shop.files):
        if not path.endswith((".json", ".jsonl")):
            continue
        documents = shop.files[path].splitlines()
        for number, line in enumerate(documents):
            for place, kind, changed in _misstated(json.loads(line)):
                shape = f"{_like(path, line)} {_shape(place)} {kind}"
                if shape in seen:
                    continue
                seen.add(shape)
                whole = b"".join(one + b"\n" for one in [*documents[:number], changed, *documents[number + 1 :]])
                yield Mutation(_like(path, line), kind, _shape(place), _sealed(path, whole))


def _like(path: str, line: bytes) -> str:
    """Files that are alike by one name: exhibits of one kind, lines of the ledger of one action."""
    record = json.loads(line)
    path = re.sub(r"EX-[0-9]{4}", f"EX-({record.get('kind')})", path)
    return f"{path} ({record.get('action', 'omitted')})" if path == LEDGER else path


def _shape(place: Path) -> str:
    return ".".join("*" if isinstance(part, int) else part for part in place)


def _misstated(document: dict) -> Iterator[tuple[Path, str, bytes]]:
    for place, value in _fields(document):
        yield place, "otherwise", _written(document, place, lambda text, value=value: f"{text}{_text(_other(value))}")
        yield place, "left out", _written(document, place, lambda text: "")
        if place[:-1] == () or isinstance(place[-2], int):  # one field of each object is enough to say a thing twice
            yield place, "twice", _written(document, place, lambda text, value=value: (
                f"{text}{_text(value)},{text}{_text(value)}"))  # fmt: skip
    yield ("remark",), "added", jcs({**document, "remark": "x"})[:-1]


def _fields(value: Value, place: Path = ()) -> Iterator[tuple[Path, Value]]:
    """Every field, with its place; of a list the first item stands for all that are alike."""
    if isinstance(value, dict):
        for key, inside in value.items():
            yield (*place, key), inside
            yield from _fields(inside, (*place, key))
    elif isinstance(value, list) and value:
        yield from _fields(value[0], (*place, 0))


def _other(value: Value) -> Value:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str):
        if _HEX.fullmatch(value):
            return ("0" if value[0] != "0" else "1") + value[1:]
        return "2025" + value[4:] if _TIME.match(value) else f"{value}x"
    if isinstance(value, list):
        return value[:-1] if value else ["x"]
    return {} if isinstance(value, dict) and value else "x"


def _text(value: Value) -> str:
    return jcs(value).decode()[:-1]


def _written(value: Value, place: Path, field: Callable[[str], str]) -> bytes:
    """The document in its one form, but for the field at `place`, which is what `field` makes of its key and colon."""
    if not place:
        return _text(value).encode()
    part, *rest = place
    if isinstance(value, list):
        items = [_written(one, tuple(rest), field).decode() if n == part else _text(one) for n, one in enumerate(value)]
        return f"[{','.join(items)}]".encode()
    assert isinstance(value, dict)
    items = []
    for key in sorted(value):
        if key != part:
            items.append(f"{_text(key)}:{_text(value[key])}")
        elif rest:
            items.append(f"{_text(key)}:{_written(value[key], tuple(rest), field).decode()}")
        else:
            items.append(field(f"{_text(key)}:"))
    return ("{" + ",".join(item for item in items if item) + "}").encode()


def _sealed(path: str, data: bytes) -> Callable[[Workshop], None]:
    def act(shop: Workshop) -> None:
        shop.files.pop(STAMP, None)  # the service stamps what it is given; the examiner could have it stamped anew
        if path == PACKAGE:
            after(lambda info: None, data)(shop)
            return
        shop.files[path] = data
        if path == LEDGER:
            with contextlib.suppress(ValueError):  # a line that is none has no hash, and the old end stays
                resign(shop)
        shop.relist()

    return act
