"""The committed suite is what its generator makes, and a stranger can use it with a shell."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from corpus_aspects import aspects_table, members_table
from corpus_checkers import STANDALONE
from corpus_members import MEMBERS
from corpus_publication import ARCHIVE, COMMANDS, EXPECTED, TABLE, archive, commands, expected, read
from programs import needs

HERE = Path(__file__).parent


def test_the_committed_suite_is_what_the_generator_makes() -> None:
    remake = "python3 dev.py conformance makes it again"
    assert read(ARCHIVE.read_bytes()) == archive(), remake
    assert EXPECTED.read_bytes() == expected(), remake
    assert COMMANDS.read_bytes() == commands(), remake
    assert members_table(MEMBERS) in TABLE.read_text("utf-8"), remake


def test_the_page_on_checking_has_the_tested_table() -> None:
    assert aspects_table() in (HERE.parents[1] / "docs/verifying.md").read_text("utf-8"), "print(aspects_table())"


def test_it_stays_small() -> None:
    listed = subprocess.run(["git", "ls-files", "-z", "."], cwd=HERE, capture_output=True, check=True).stdout.split(
        b"\0"
    )
    assert sum((HERE / name.decode()).stat().st_size for name in listed if name) < 4_000_000


def test_the_page_says_what_is_there() -> None:
    page = (HERE / "README.md").read_text("utf-8")
    records = json.loads(EXPECTED.read_bytes())
    assert len(records) == len(MEMBERS) > 300
    assert all(f"**{kind}**" in page for kind in {one["class"] for one in records})
    hidden = [one["name"] for one in records if one["class"] == "tampered" and one["verdict"] != "not-verified"]
    assert sorted(hidden) == ["colleagues-mail-certificate", "forged-nothing-given", "history-rewritten-nothing-kept"]
    assert all(f"`{name}`" in page for name in hidden)


@needs("sh", "tar", "xz")
def test_a_stranger_runs_it_with_a_shell(tmp_path: Path) -> None:
    """The loop of README.md, with a verifier that refuses everything: it is told of each good member."""
    command = ["sh", HERE / "check.sh", "false"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    good = [one.name for one in MEMBERS if one.exit_code != 1]
    assert done.returncode == 1
    assert [line.split(" ")[0] for line in done.stdout.splitlines()[:-1]] == good
    assert done.stdout.splitlines()[-1] == f"{len(MEMBERS)} members, {len(good)} with another answer"


def test_one_member_with_the_real_programs(tmp_path: Path) -> None:
    """As the page says: the file and the arguments of a line, given to a verifier's command."""
    files = read(ARCHIVE.read_bytes())
    line = next(line for line in COMMANDS.read_text("utf-8").splitlines() if line.startswith("sound\t"))
    _, _, code, file, arguments = line.split("\t")
    for name, data in files.items():
        if name == file or name.startswith("trust/"):
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    for program in ([str(STANDALONE)], ["-m", "casebound_packaging"]):
        command = [sys.executable, *program, file, *arguments.split()]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == int(code), done.stdout + done.stderr
