"""What ties a case to people outside: signed states handed to them, and the receipts that come back."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from casebound.case import CheckpointMade, Receipt
from casebound.casework import Casework
from casebound.errors import BadCase, BadSource
from casebound.store import checkpoints, receipts
from casebound.store.manyfiles import keeping_many
from casebound.store.packages import log_origin
from casebound.work import Progress, silent
from casebound_packaging.identity import Identity
from casebound_packaging.receipt import LONGEST
from casebound_packaging.verify.receipts import CheckedReceipt, check_receipt


class WitnessWork(Casework):
    """A case whose custody record others can vouch for."""

    def make_checkpoint(self, identity: Identity, handed_to: str = "") -> CheckpointMade:
        """Sign the custody record's state as it now is, to be given to somebody outside (`handed_to`, as stated).

        The note goes into later packages as well. Raises `BadIdentity` where the certificate is not valid now.
        """
        with self._change() as change:
            case = change.case()
            return checkpoints.make_checkpoint(change, identity, log_origin(case.number, case.log_id), handed_to)

    def consistency(self, old_size: int, note: str) -> str:
        """The proof that the signed state in `note` only adds to the first `old_size` entries. Nothing is recorded."""
        with self._folder.database.reading() as session:
            return checkpoints.proof(session, old_size, note)

    def add_receipt(self, path: Path, progress: Progress = silent) -> Receipt:
        """Keep a receipt that a recipient gave back, and take it into the custody record.

        Raises `BadSource` where the file is no receipt or was altered, `BadRequest` where it is not of this case or saw
        another custody record, `NothingToDo` where it is here already.
        """
        self._require_writable()
        path = Path(path)
        given = read_receipt(path)
        with keeping_many(self._folder, [path], progress) as copied, self._change() as change:
            if copied[0].sha256 != given.sha256:
                raise BadSource(f"{path.name} changed while it was read.", "Try again.", meaning="Nothing was changed.")
            return receipts.add_receipt(change, given, copied[0])

    def receipt_files(self, wanted: Sequence[Receipt]) -> tuple[bytes, ...]:
        """These receipts as files, as they came. Raises `BadCase` where one is no longer what came."""
        return tuple(map(self._kept, wanted))

    def _kept(self, receipt: Receipt) -> bytes:
        path = self.evidence_path(receipt.sha256)
        try:
            data = path.read_bytes()
        except OSError:
            data = b""
        if hashlib.sha256(data).hexdigest() != receipt.sha256:
            raise BadCase(
                f"Receipt {receipt.number} of {receipt.recipient} is not in the case as it came.",
                "Put the file back from a copy of the case, and run a check.",
                meaning="Nothing was sealed or written with it.",
                where=str(path),
            )
        return data


def read_receipt(path: Path) -> CheckedReceipt:
    """A receipt whose signature holds. Raises `BadSource` where the file is none or cannot be read."""
    try:
        with path.open("rb") as file:
            return check_receipt(file.read(LONGEST + 1))
    except OSError as fault:
        raise BadSource(
            f"{path.name} cannot be read: {fault.strerror or fault}.",
            "Check the path.",
            meaning="Nothing was changed.",
            where=str(path),
        ) from None
    except ValueError as fault:
        raise BadSource(
            f"{path.name} is no receipt that holds. {fault}",
            "Ask the recipient to send it again; a receipt is a file of some kilobytes, not the package.",
            meaning="Nothing was changed.",
            where=str(path),
        ) from None
