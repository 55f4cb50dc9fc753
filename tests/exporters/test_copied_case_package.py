"""A package of a copied case: what was signed under the former name is compared, what the other did later is not."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sealed_case import Kept, unpack

from casebound.case import SealedPackage
from casebound.document import Case
from casebound_packaging.verify import Trust, verify

PROGRAM = Path(__file__).parents[2] / "packaging/casebound_packaging/standalone/verify.py"


def sealed(kept: Kept, case: Case, to: Path) -> SealedPackage:
    return kept.exporter().export(case, to)


def answer(package: SealedPackage, *against: SealedPackage) -> tuple[str, list[str], list[str]]:
    found = verify(Path(package.path), Trust(against=tuple(Path(one.path) for one in against)))
    return found.verdict, [finding.problem for finding in found.findings], list(found.notes)


@pytest.fixture
def family(kept: Kept, tmp_path: Path) -> dict[str, SealedPackage]:
    """A package before the copy was made, and one of each copy after that."""
    made = {"before": sealed(kept, kept.case, tmp_path / "1")}
    actor = kept.case.actor
    kept.case.close()
    shutil.copytree(kept.case.path, tmp_path / "copy.casebound")
    with Case.open(kept.case.path, actor) as original:
        made["original"] = sealed(kept, original, tmp_path / "2")
    with Case.open(tmp_path / "copy.casebound", actor) as copy:
        made["copy"] = sealed(kept, copy, tmp_path / "3")
        assert copy.check().clean, "the package of the former name in its folder is its own"
    return made


def test_a_copy_is_compared_with_what_was_signed_before_it_was_made(
    family: dict[str, SealedPackage], tmp_path: Path
) -> None:
    verdict, problems, notes = answer(family["copy"], family["before"])
    assert problems == [] and "verified" in verdict
    assert any("is that of a copy" in note for note in notes)
    folder = unpack(Path(family["copy"].path), tmp_path / "unpacked")
    checkpoint = next((folder / "data/custody/checkpoints").glob("*.checkpoint"))
    ran = subprocess.run(
        [sys.executable, PROGRAM, folder, "--against", checkpoint], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 3 and "of a copy" in ran.stdout, ran.stdout


def test_two_copies_are_no_witnesses_to_each_other_after_they_parted(family: dict[str, SealedPackage]) -> None:
    assert answer(family["copy"], family["original"])[1] == [
        "This record was copied after 19 entries. What was seen later is not in it."
    ]
    assert answer(family["original"], family["copy"])[1] == [
        "What was given to compare with is of another custody record."
    ]
    assert answer(family["original"], family["before"])[1] == []
