"""Packages of any size to measure on: files on the disk, a custody record that attaches each, sealed by the real `Draft`.

    python benchmarks/custody_packages.py NAME FOLDER [...]

runs one measured work in a process of its own and prints its figures as JSON. `custody.py` calls it.
"""

from __future__ import annotations

import hashlib
import json
import random
import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

Shape = list[tuple[int, int]]
"""(how many files, bytes of each), one after another."""

SEALED_AT = datetime.now(UTC).replace(microsecond=0)
_BLOCK = 16 << 20


def write_files(folder: Path, shape: Shape, *, alike: bool = False) -> None:
    """FOLDER/files/NNNNNN.bin: bytes that do not shrink, each file another; or `alike`, of one size and on the disk once."""
    files = folder / "files"
    files.mkdir(parents=True)
    if alike:
        ((count, size),) = shape
        write_files(folder / "once", [(1, size)])
        for number in range(count):
            (files / f"{number:06d}.bin").hardlink_to(folder / "once" / "files" / "000001.bin")
        return
    block = memoryview(random.Random(7).randbytes(_BLOCK))
    number = 0
    for count, size in shape:
        for _ in range(count):
            number += 1
            with (files / f"{number:06d}.bin").open("wb") as file:
                file.write(number.to_bytes(8, "big"))
                left = size - 8
                start = number * 4099 % (_BLOCK // 2)
                while left > 0:
                    piece = block[start : start + left]
                    file.write(piece)
                    left, start = left - len(piece), 0


def write_text(folder: Path, megabytes: int) -> None:
    """FOLDER/files/000001.txt: lines of a log, which shrink to about a quarter."""
    files = folder / "files"
    files.mkdir(parents=True)
    chance = random.Random(7)
    with (files / "000001.txt").open("wb") as file:
        while file.tell() < megabytes << 20:
            lines = (
                f"2026-03-{chance.randrange(1, 29):02d}T{chance.randrange(24):02d}:{chance.randrange(60):02d}:17Z,"
                f"acc_{chance.randrange(24_000):06d},GET /v1/messages,{chance.choice((200, 200, 200, 403, 429))},"
                f"{chance.randrange(5_000)}\n"
                for _ in range(20_000)
            )
            file.write("".join(lines).encode())


def _exhibits(folder: Path, actor: str) -> tuple[list[object], list[bytes], list[tuple[int, str]]]:
    """Members, ledger lines and disclosures: every file attached, and an exhibit."""
    from casebound_packaging.canonical import canonical
    from casebound_packaging.disclosure import disclose
    from casebound_packaging.ledger import GENESIS, Line, compose, line_hash
    from casebound_packaging.member import Member

    lines: list[bytes] = []
    given: list[tuple[int, str]] = []

    def add(action: str, kind: str, number: str, *told: object, **more: object) -> str:
        prev = line_hash(lines[-1]) if lines else GENESIS
        when = SEALED_AT - timedelta(days=10) + timedelta(seconds=len(lines))
        line = Line(len(lines), prev, when, actor, action, kind, number, disclosures=told, **more)  # type: ignore[arg-type]
        given.extend((len(lines), one.encoded) for one in told)  # type: ignore[attr-defined]
        lines.append(compose(line))
        return line_hash(lines[-1])

    members: list[object] = []
    add("created", "case", "case", disclose("title", "Benchmark"))
    previous, octets = GENESIS, 0
    for number, path in enumerate(sorted((folder / "files").iterdir()), 1):
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        size = path.stat().st_size
        octets += size
        here = add(
            "attached",
            "attachment",
            str(number),
            disclose("record", {"sha256": sha256, "size": size}),
            outputs=(sha256,),
            attachment=number,
            attachment_prev=previous,
        )
        exhibit, media = f"EX-{number:04d}", "text/plain" if path.suffix == ".txt" else "application/octet-stream"
        record = {
            "exhibit": exhibit, "kind": "attachment", "caption": f"File {number}", "sensitive": False,
            "file": f"original{path.suffix}", "media_type": media, "size": size, "sha256": sha256, "original_name": path.name,
            "title": path.name, "acquired": None, "attachment": number, "line_seq": len(lines) - 1, "line_hash": here,
            "previous_line_hash": previous,
        }  # fmt: skip
        inside = f"data/exhibits/{exhibit}"
        members.append(Member(f"{inside}/original{path.suffix}", "exhibit", media, path, exhibit))
        data = canonical(record) + b"\n"
        members.append(Member(f"{inside}/exhibit.json", "exhibit-record", "application/json", data, exhibit))
        previous = here
    count = len(members) // 2
    add("export-prepared", "package", "1", disclose("purpose", "Benchmark"))
    statement = {
        "complete": True,
        "sources": [],
        "attachments": {"held": count, "enclosed": count, "bytes_enclosed": octets, "withheld": 0},
        "ledger": {"lines": len(lines), "omitted": 0},
    }
    data = canonical(statement) + b"\n"
    members.append(Member("data/completeness.json", "completeness", "application/json", data))
    return members, lines, given


def seal(folder: Path) -> dict[str, float]:
    """Seal FOLDER/files into FOLDER/BENCH-1-v1.zip, until it is on the disk."""
    from reportlab.pdfgen.canvas import Canvas

    from casebound_packaging.identity import Identity
    from casebound_packaging.package import About, Draft
    from casebound_packaging.pdfseal import sign_pdf

    identity = Identity.create("Bench")
    members, lines, given = _exhibits(folder, identity.key_fingerprint)
    about = About("BENCH-1", "Benchmark", "casebound/BENCH-1/0123456789abcdef", 1, None, "legal", "Benchmark", None)
    for left in (folder / "BENCH-1-v1.zip", folder / "signed.pdf"):
        left.unlink(missing_ok=True)
    watch = _Stopwatch()
    draft = Draft(about, members, lines, given, identity, datetime.now(UTC), workplace=folder)  # type: ignore[arg-type]
    watch.lap("draft")
    facts = draft.facts()
    watch.lap("facts")
    canvas = Canvas(str(folder / "plain.pdf"), invariant=1)
    canvas.setKeywords(f"package {facts.package_id}; evidence root {facts.evidence_root}")
    canvas.drawString(72, 720, f"Package {facts.package_id}")
    canvas.save()
    sign_pdf(folder / "plain.pdf", folder / "signed.pdf", identity, draft.sealed_at, reason="Benchmark")
    watch.lap("report")
    draft.seal(folder, folder / "signed.pdf", lambda done, total, note="": _told(watch, note))
    watch.lap("disk")
    return watch.said()


def _told(watch: _Stopwatch, note: str) -> None:
    if note == "Waiting for the disk":
        watch.lap("seal")


def verify(folder: Path) -> dict[str, float]:
    """The whole verification of the ZIP where it lies: files, custody record, exhibits, sums, seals, report."""
    from casebound_packaging.verify import Trust, verify

    watch = _Stopwatch()
    report = verify(folder / "BENCH-1-v1.zip", Trust())
    watch.lap("verify")
    if report.findings:
        raise SystemExit(str(report.findings[:3]))
    return watch.said()


def read_files(folder: Path) -> dict[str, float]:
    """The part of it that `bagit.py` does as well: every byte read, unpacked and compared with the signed lists."""
    from contextlib import ExitStack

    from casebound_packaging.verify.container import open_container
    from casebound_packaging.verify.contents import PACKAGE, document, read_contents
    from casebound_packaging.verify.fingerprints import check_fingerprints
    from casebound_packaging.verify.inventory import check_inventory

    watch = _Stopwatch()
    with ExitStack() as stack:
        container = stack.enter_context(open_container(folder / "BENCH-1-v1.zip"))
        contents = read_contents(container, lambda done, total, note="": None, stack)
        watch.lap("read")
        found = list(container.findings)
        package = document(contents, PACKAGE, "contents", found)
        listed = check_inventory(contents, package, found)
        check_fingerprints(contents, listed, package, found)
    watch.lap("compare")
    if found:
        raise SystemExit(str(found[:3]))
    return watch.said()


def hash_files(folder: Path) -> dict[str, float]:
    """hashlib with two threads over the same files, which lie unpacked in FOLDER/unpacked: the floor."""
    from concurrent.futures import ThreadPoolExecutor

    paths = sorted(path for path in (folder / "unpacked").rglob("*") if path.is_file())
    watch = _Stopwatch()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(_file_digest, paths))
    watch.lap("hash")
    return watch.said()


def _file_digest(path: Path) -> str:
    with path.open("rb", buffering=0) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def hash_once(folder: Path) -> dict[str, float]:
    """hashlib with one thread over FOLDER/files: the second half of copying and hashing."""
    watch = _Stopwatch()
    for path in sorted((folder / "files").iterdir()):
        _file_digest(path)
    watch.lap("hash")
    return watch.said()


def ledger(folder: Path) -> dict[str, float]:
    """100,000 entries: chain, root and disclosures."""
    from casebound_packaging import merkle
    from casebound_packaging.disclosure import disclose
    from casebound_packaging.ledger import GENESIS, Line, compose, examine, leaves, line_hash

    count = int((folder / "entries.txt").read_text("ascii"))
    lines: list[bytes] = []
    given: list[tuple[int, str]] = []
    prev = GENESIS
    for seq in range(count):
        told = disclose("text", f"Entry {seq}")
        action, kind = ("created", "case") if seq == 0 else ("annotated", "mark")
        lines.append(
            compose(Line(seq, prev, SEALED_AT, "unauthenticated", action, kind, str(seq), disclosures=(told,)))
        )
        given.append((seq, told.encoded))
        prev = line_hash(lines[-1])
    watch = _Stopwatch()
    found = examine(lines, (), size=count)
    watch.lap("chain")
    merkle.root(leaves(lines))
    watch.lap("root")
    found += examine(lines, given, size=count)
    watch.lap("with_disclosures")
    if found:
        raise SystemExit(str(found[:3]))
    return watch.said()


def append(folder: Path) -> dict[str, float]:
    """What one act costs the person who does it: a note on an attachment, written and on the disk."""
    from casebound.case import Actor
    from casebound.document import Case

    waits = []
    with Case.create(folder / "bench.casebound", "BENCH-3", "Appending", Actor("Bench")) as case:
        (folder / "one.txt").write_text("A letter", encoding="utf-8")
        number = case.attach(folder / "one.txt").number
        for note in range(201):
            begun = time.perf_counter(), time.process_time()
            case.annotate_attachment(number, note=f"Note {note}")
            waits.append((time.perf_counter() - begun[0], time.process_time() - begun[1]))
    walls, works = (sorted(found) for found in zip(*waits, strict=True))
    return {"median_ms": walls[100] * 1000, "p95_ms": walls[190] * 1000, "median_cpu_ms": works[100] * 1000}


class _Stopwatch:
    """Wall and processor seconds of each stage."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.process_time()
        self._begun = self._wall, self._cpu
        self._laps: dict[str, float] = {}

    def lap(self, name: str) -> None:
        wall, cpu = time.perf_counter(), time.process_time()
        self._laps[f"{name}_wall"] = wall - self._wall
        self._laps[f"{name}_cpu"] = cpu - self._cpu
        self._wall, self._cpu = wall, cpu

    def said(self) -> dict[str, float]:
        return {**self._laps, "wall": self._wall - self._begun[0], "cpu": self._cpu - self._begun[1]}


WORK: dict[str, Callable[[Path], dict[str, float]]] = {
    work.__name__: work for work in (seal, verify, read_files, hash_files, hash_once, ledger, append)
}
LOADED = {
    "seal": ("reportlab.pdfgen.canvas", "casebound_packaging.package", "casebound_packaging.pdfseal", "pyhanko.sign"),
    "verify": ("casebound_packaging.verify", "pyhanko.pdf_utils.reader", "pyhanko.sign.validation"),
    "read_files": ("casebound_packaging.verify",),
    "ledger": ("casebound_packaging.ledger",),
    "append": ("casebound.document",),
}
"""Loaded before the clock starts, as the interpreter of the peers is."""


def main(arguments: list[str]) -> int:
    import importlib

    name, folder = arguments[0], Path(arguments[1])
    for module in LOADED.get(name, ()):
        importlib.import_module(module)
    said = WORK[name](folder)
    said["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(said))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
