"""The published suite: every member as a ZIP in one archive, what to bring, and what a verifier must say.

python3 dev.py conformance            makes every member from seed.zip again
python3 dev.py conformance --seed     seals a new seed.zip first, with the writer as it is now
"""

from __future__ import annotations

import io
import json
import lzma
import os
import sys
import tarfile
from pathlib import Path

HERE = Path(__file__).parent
if __name__ == "__main__":
    sys.path[:0] = [str(HERE), str(HERE.parent / "packaging")]

from corpus_aspects import CHECKERS, cell, members_table  # noqa: E402
from corpus_member import Member  # noqa: E402
from corpus_members import MEMBERS, made  # noqa: E402
from corpus_seed import SEED_FILE, seal_seed  # noqa: E402
from corpus_trust import TRUST  # noqa: E402

ARCHIVE = HERE / "members.tar.xz"
EXPECTED = HERE / "expected.json"
COMMANDS = HERE / "expected.tsv"
TABLE = HERE / "members.md"


def files_of(one: Member) -> dict[str, bytes]:
    """The member's files in the archive: a folder with the ZIP under its own name, and what lies beside it."""
    shop = made(one)
    zipped = f"members/{one.name}/{shop.top}.zip"
    return {zipped: shop.packed, **{f"{zipped}{end}": data for end, data in shop.beside.items()}}


def expected() -> bytes:
    """expected.json: what was done, what to bring, what to answer."""
    records = []
    for one in MEMBERS:
        given = one.given
        records.append(
            {
                "name": one.name,
                "file": next(iter(files_of(one))),
                "class": one.kind,
                "by": one.by,
                "what": one.words,
                "bring": {
                    "root": f"trust/{given.trust}" if given.trust else None,
                    "signer": given.signer or None,
                    "time_stamp_root": f"trust/{given.tsa}" if given.tsa else None,
                    "against": [f"trust/{name}" for name in given.against],
                },
                "verdict": one.verdict,
                "exit_code": one.exit_code,
                "limits": sorted(one.limits),
                "findings": [{"check": check, "item_has": item} for check, item in one.finds],
                "breaks": sorted(one.breaks),
                "says": {checker: cell(checker, one) for checker in CHECKERS},
            }
        )
    return (json.dumps(records, indent=1, ensure_ascii=False) + "\n").encode()


def commands() -> bytes:
    """expected.tsv, for a shell: name, class, exit code, file, arguments."""
    lines = []
    for one in MEMBERS:
        file = next(iter(files_of(one)))
        lines.append("\t".join([one.name, one.kind, str(one.exit_code), file, one.given.arguments("trust")]))
    return ("\n".join(lines) + "\n").encode()


def archive() -> dict[str, bytes]:
    """Everything in members.tar.xz, by path."""
    files = {f"trust/{name}": data for name, data in TRUST.items()}
    for one in MEMBERS:
        files |= files_of(one)
    return files


def written(files: dict[str, bytes]) -> bytes:
    """One archive of them, without times and owners. What is alike in the members is packed once."""
    made_of = io.BytesIO()
    with tarfile.open(fileobj=made_of, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(data), 0o644
            tar.addfile(info, io.BytesIO(data))
    return lzma.compress(made_of.getvalue(), preset=9)


def read(data: bytes) -> dict[str, bytes]:
    """The files of an archive."""
    found = {}
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:xz") as tar:
        for info in tar:
            file = tar.extractfile(info)
            found[info.name] = file.read() if file else b""
    return found


def publish() -> None:
    """Write the suite."""
    ARCHIVE.write_bytes(written(archive()))
    EXPECTED.write_bytes(expected())
    COMMANDS.write_bytes(commands())
    head = "# What each verifier says of each member\n\nMade by `python3 dev.py conformance`; the words: README.md.\n\n"
    TABLE.write_text(head + members_table(MEMBERS), encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] == ["--seed"]:
        SEED_FILE.write_bytes(seal_seed(verifier=False).zip)
        os.execv(sys.executable, [sys.executable, __file__])  # everything else begins with the seed, once
    if sys.argv[1:]:
        sys.exit("usage: python3 dev.py conformance [--seed]")
    publish()
    print(f"{len(MEMBERS)} members, {ARCHIVE.stat().st_size} bytes: {ARCHIVE}")
