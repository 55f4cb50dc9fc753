"""One exhibit of a case given alone, with the proof that it stands in the custody record."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from casebound.errors import BadCase
from casebound.store import checkpoints
from casebound.store.disclosing import exhibit_entry, record_disclosed
from casebound.store.packages import log_origin
from casebound.witnesswork import WitnessWork
from casebound.work import Progress, silent
from casebound_packaging import disclosing
from casebound_packaging.disclosing import Alone
from casebound_packaging.disclosure import parse
from casebound_packaging.identity import Identity
from casebound_packaging.tlogproof import prove

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Disclosed:
    """What was given: the exhibit, its entry's number, the signed state that the proof leads to, and the files."""

    exhibit: str
    entry: int
    size: int
    note: str
    texts: tuple[str, ...]
    files: tuple[str, ...]


class DisclosingWork(WitnessWork):
    """A case whose exhibits can be shown one by one."""

    def disclose(
        self,
        exhibit: str,
        folder: Path,
        identity: Identity,
        *,
        give: Sequence[str] | None = None,
        handed_to: str = "",
        progress: Progress = silent,
    ) -> Disclosed:
        """Make `folder` with one exhibit and the proof to a checkpoint that is signed for it now.

        `give` names the texts to give besides those that the proof needs (`casebound_packaging.disclosing`). That it
        was given, and the checkpoint with whom it was `handed_to`, are written down in the same change; a folder that
        the case does not know of never stays. Raises `CaseboundError`.
        """
        folder = Path(folder)
        made = False
        try:
            with self._change() as change:
                found = exhibit_entry(change.session, exhibit)
                texts = (
                    disclosing.event_texts(found.texts, found.fields, give)
                    if found.sha256 is None
                    else disclosing.attachment_texts(found.texts, give)
                )
                names = tuple(parse(text).name for text in texts)
                record_disclosed(change, found.exhibit, names)
                case = change.case()
                whom = f"{handed_to.strip()}, with {found.exhibit} alone" if handed_to.strip() else ""
                signed = checkpoints.make_checkpoint(change, identity, log_origin(case.number, case.log_id), whom)
                leaves = checkpoints.leaves(change.session, signed.size)
                alone = Alone(
                    found.exhibit,
                    found.entry,
                    texts,
                    prove([found.seq], leaves, signed.note)[0].text,
                    identity.certificate,
                    found.original,
                    None if found.sha256 is None else _pieces(self.evidence_path(found.sha256)),
                )
                files = disclosing.write(folder, alone, progress)
                made = True
        except BaseException:
            if made:  # what the case does not know of must not leave it
                shutil.rmtree(folder, ignore_errors=True)
            raise
        return Disclosed(found.exhibit, found.seq, signed.size, signed.note, names, files)


def _pieces(path: Path) -> Callable[[], Iterable[bytes]]:
    def read() -> Iterator[bytes]:
        try:
            with path.open("rb") as file:
                while piece := file.read(_CHUNK):
                    yield piece
        except OSError as fault:
            raise BadCase(
                f"An original of the case cannot be read: {fault.strerror or fault}.",
                "Run a check of the case; it names the file.",
                meaning="Nothing was written.",
                where=str(path),
            ) from None

    return read
