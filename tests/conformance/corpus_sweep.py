"""One mutation after another against our verifier and verify.py, in this process; what went otherwise is listed."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from corpus_checkers import standalone
from corpus_member import Workshop
from corpus_mutations import Mutation
from corpus_trust import TRUST
from tampering import unfold

from casebound_packaging.verify import Report, Trust, verify

EVERYTHING = os.environ.get("HYPOTHESIS_PROFILE") == "explore"
"""The gate tries every class on every artefact; looking for new faults tries every place as well."""


@dataclass(frozen=True)
class Answer:
    """What both verifiers said of one mutation. `code` is verify.py's."""

    mutation: Mutation
    report: Report
    code: int

    @property
    def accepted(self) -> bool:
        return self.report.exit_code() in (0, 3)

    @property
    def accepted_by_other(self) -> bool:
        return self.code in (0, 3)

    def names(self, *texts: str) -> bool:
        """Whether a finding says where: in the file, or in one whose name is in `texts`."""
        return any(text and text in found.item for text in texts for found in self.report.findings)


def answers(
    sound: Workshop, mutations: Iterable[Mutation], *, folders: Callable[[Mutation], bool] = lambda one: False
) -> Iterator[Answer]:
    """Judge each mutation as a ZIP; those of `folders` as a folder too, which must be answered alike."""
    trust = Trust(root_pem=TRUST["root.pem"], tsa_pem=TRUST["tsa-root.pem"])
    with tempfile.TemporaryDirectory() as folder:
        path, root = Path(folder, f"{sound.top}.zip"), Path(folder, "root.pem")
        root.write_bytes(TRUST["root.pem"])
        for number, one in enumerate(mutations):
            shop = Workshop(sound.top, dict(sound.files))
            one.act(shop)
            path.write_bytes(shop.packed)
            report = verify(path, trust)
            if folders(one):
                unpacked = unfold(Path(folder, str(number)), shop.files)
                assert verify(unpacked, trust).verdict == report.verdict, one.name
            yield Answer(one, report, standalone(str(path), "--trust", str(root))[0])
