"""Small files made to exhaust their reader, under a limit of memory and time that the system keeps.

Each would take gigabytes or minutes without the bound that it runs into; both verifiers answer within it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from specimen import Files, ordered, unpack

import casebound_packaging
from casebound_packaging.zipwriter import ZipWriter

resource = pytest.importorskip("resource", reason="this system keeps no limits of memory")

STANDALONE = Path(casebound_packaging.__file__).parent / "standalone/verify.py"
MEMORY = 1000  # MiB of addresses for a whole process, Python and its libraries among them
SECONDS = 60  # of a processor, for every bomb and both verifiers
JUDGE = f"""
import importlib.util, json, resource, sys
from pathlib import Path
resource.setrlimit(resource.RLIMIT_AS, ({MEMORY << 20}, {MEMORY << 20}))
resource.setrlimit(resource.RLIMIT_CPU, ({SECONDS}, {SECONDS}))
from casebound_packaging.verify import verify
spec = importlib.util.spec_from_file_location("standalone_verify", sys.argv[1])
standalone = importlib.util.module_from_spec(spec)
spec.loader.exec_module(standalone)
for path in sys.argv[2:]:
    ours = verify(Path(path))
    theirs = standalone.check(path, standalone.Given(b"", set(), []))
    print(json.dumps([Path(path).stem, ours.verdict, [one.problem for one in ours.findings][:9], theirs.verdict]))
"""


def xref_bomb() -> bytes:
    """A PDF whose table of objects unpacks to two hundred megabytes."""
    packed = zlib.compress(bytes(200 << 20), 9)
    head = b"%PDF-1.7\n"
    stream = b"1 0 obj\n<</Type/XRef/Size 2/W[1 4 2]/Root 1 0 R/Filter/FlateDecode/Length %d>>stream\n" % len(packed)
    return head + stream + packed + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % len(head)


LISTS = b'{"a":[' + b'{"a":{}},' * 4_000_000 + b"{}]}\n"
BOMBS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "millions-of-values": ("data/completeness.json", lambda: LISTS),
    "one-line-of-values": ("data/custody/ledger.jsonl", lambda: LISTS),
    "deep-nesting": ("data/metadata/package.json", lambda: b"[" * 5_000_000),
    "empty-entries": ("data/custody/ledger.jsonl", lambda: b"\n" * 30_000_000),
    "empty-disclosures": ("data/custody/disclosures.jsonl", lambda: b"\n" * 30_000_000),
    "empty-list": ("manifest-sha256.txt", lambda: b"\n" * 30_000_000),
    "long-list": ("manifest-sha256.txt", lambda: b"".join(b"a" * 64 + b"  data/%d\n" % n for n in range(250_000))),
    "rows-of-nothing": ("data/timeline.csv", lambda: b"a,b\n" + b",\n" * 20_000_000),
    "a-row-that-never-ends": ("data/tables/requests.csv", lambda: b'_row,_time_us\n"' + b"a" * (70 << 20)),
    "rows-far-apart": (
        "data/tables/requests.csv",
        lambda: b"_row,_time_us\n" + b"".join(b"a" * 64 + b"/t/%d,1\n" % (n << 16) for n in range(60_000)),
    ),
    "revocations-begun": ("certs/crl.pem", lambda: b"-----BEGIN X509 CRL-----\n" * 600_000),
    "instructions-without-end": ("README-VERIFY.txt", lambda: b"a" * (40 << 20)),
    "nested-signature": ("seals/01-examiner.p7s", lambda: b"\x30\x80" * 500_000),
    "an-endless-armour": (
        "seals/01-examiner.sig",
        lambda: b"-----BEGIN SSH SIGNATURE-----\n" + b"A" * (60 << 20) + b"\n-----END SSH SIGNATURE-----\n",
    ),
    "report": ("data/report.pdf", xref_bomb),
}


def packed(path: Path, top: str, files: Files) -> Path:
    """Everything deflated, which the writer of packages would not do."""
    with path.open("wb") as file:
        writer = ZipWriter(file)
        for name in ordered(files):
            writer.add(f"{top}/{name}", len(files[name]), lambda name=name: iter([files[name]]), deflate=True)
        writer.finish()
    return path


@pytest.fixture(scope="module")
def answers(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, list]]:
    folder = tmp_path_factory.mktemp("bombs")
    top, files = unpack(package)
    paths = [packed(folder / f"{name}.zip", top, {**files, item: make()}) for name, (item, make) in BOMBS.items()]
    done = subprocess.run(
        [sys.executable, "-c", JUDGE, STANDALONE, *paths], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0 and not done.stderr, (done.stdout[-500:], done.stderr[-2000:])
    yield {name: rest for name, *rest in map(json.loads, done.stdout.splitlines())}
    for path in paths:
        path.unlink()


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_refused_within_memory_and_time(bomb: str, answers: dict[str, list]) -> None:
    ours, problems, theirs = answers[bomb]
    assert (ours, theirs) == ("not-verified", "not-verified")
    assert all(problem.endswith(".") for problem in problems)
