"""The sealed package: everything chosen, the signed report, and one ZIP that appears whole or not at all."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

from casebound.case import SealedPackage
from casebound.clock import Clock, system_clock
from casebound.document import Case
from casebound.errors import CannotWrite
from casebound.store.packages import Prepared
from casebound.work import Progress, silent
from casebound_exporters import contents as chosen
from casebound_exporters.audience import WIDE
from casebound_exporters.contents import Contents
from casebound_exporters.declared import declared_limits, omitted_lines
from casebound_packaging import pdfseal
from casebound_packaging.identity import Identity
from casebound_packaging.lineage import is_of
from casebound_packaging.package import About, Draft, Facts

REASON = "Sealed evidence report"


@dataclass(frozen=True, slots=True)
class SealedPackageExporter:
    """Makes a sealed package of a case for one recipient.

    `recipient_class` is legal, reviewer, partner or government. `services` are addresses of time stamp services, asked
    in this order; without an answer the package is sealed unstamped, and `SealedPackage.stamp_told` says so.
    """

    identity: Identity
    recipient_class: str
    purpose: str
    legal_basis: str = ""
    organisation: str = ""
    services: tuple[str, ...] = ()
    include_verifier: bool = True
    clock: Clock = system_clock

    name: ClassVar[str] = "package"
    title: ClassVar[str] = "Sealed package (ZIP) with signed report"

    def export(self, case: Case, target_dir: Path, progress: Progress = silent) -> SealedPackage:
        """Seal the case into `target_dir` and record it.

        Stop or a fault leaves no file behind; once the package was prepared in the ledger, that entry stays and its
        version is not used again. Raises `CaseboundError`.
        """
        with _workplace(case, Path(target_dir)) as folder:
            contents = chosen.gather(case, self.recipient_class, folder, progress)
            progress(0, 0, "recording the export")
            prepared = case.prepare_export(
                recipient_class=self.recipient_class,
                purpose=self.purpose,
                legal_basis=self.legal_basis,
                include=contents.included,
            )
            with self._draft(case, contents, prepared, folder) as draft:
                facts = draft.facts(progress)
                report = folder / "report.pdf"
                signed = folder / "signed.pdf"
                report.write_bytes(self._report(contents, prepared, facts, progress))
                progress(0, 0, "signing the report")
                pdfseal.sign_pdf(
                    report,
                    signed,
                    self.identity,
                    draft.sealed_at,
                    reason=REASON,
                    services=draft.services,
                    watch=progress,
                )
                sealed = draft.seal(Path(target_dir), signed, progress)
            try:
                made = case.record_export(prepared.version, sealed)
                return replace(made, stamped=sealed.stamped, stamp_told=sealed.stamp_told)
            except BaseException:
                sealed.path.unlink(missing_ok=True)  # what the case does not know of must not leave it
                raise

    def _draft(self, case: Case, contents: Contents, prepared: Prepared, workplace: Path) -> Draft:
        snapshot = contents.snapshot
        about = About(
            case_number=snapshot.number,
            case_title=snapshot.title,
            log_origin=prepared.log_origin,
            version=prepared.version,
            supersedes=prepared.supersedes,
            recipient_class=self.recipient_class,
            purpose=self.purpose,
            legal_basis=self.legal_basis or None,
            organisation=self.organisation,
            limits=declared_limits(contents.complete, prepared),
            include_verifier=self.include_verifier,
        )
        sealed_at = self.clock()
        ledger = {"lines": len(prepared.lines), "omitted": omitted_lines(prepared)}
        members = chosen.members(contents, case, self.identity, ledger, sealed_at)
        return Draft(
            about,
            members,
            prepared.lines,
            prepared.disclosures,
            self.identity,
            sealed_at,
            older_checkpoints=prepared.older_checkpoints,
            services=self.services,
            proofs={one.exhibit.number: one.line_seq for one in contents.chosen},
            receipts=self._receipts(case, contents, prepared),
            workplace=workplace,
        )

    def _receipts(self, case: Case, contents: Contents, prepared: Prepared) -> tuple[bytes, ...]:
        """What earlier recipients gave back, for those who get the whole custody record."""
        if self.recipient_class not in WIDE:
            return ()
        given = contents.snapshot.receipts
        own, earlier = prepared.log_origin, prepared.earlier_names
        return case.receipt_files(
            [each for each in given if is_of(each.checkpoint_origin, each.checkpoint_size, own, earlier)]
        )

    def _report(self, contents: Contents, prepared: Prepared, facts: Facts, progress: Progress) -> bytes:
        # The report's library is slow to load: not before somebody seals.
        from casebound_exporters.composing import compose
        from casebound_exporters.report import make_report

        return make_report(compose(self, contents, prepared, facts), progress)


@contextmanager
def _workplace(case: Case, target: Path) -> Iterator[Path]:
    """A folder of our own beside the package to be; gone afterwards. What a killed export of this case left goes as
    well.
    """
    mark = f".making-{case.snapshot().log_origin.rpartition('/')[2]}-"
    try:
        target.mkdir(parents=True, exist_ok=True, mode=0o700)
        for left in target.glob(f"{mark}*"):
            shutil.rmtree(left, ignore_errors=True)
        folder = target / f"{mark}{secrets.token_hex(4)}"
        folder.mkdir(mode=0o700)
    except OSError as fault:
        raise CannotWrite(
            f"Nothing can be written into {target}: {fault.strerror}.",
            "Choose another folder.",
            meaning="Nothing was sealed.",
            where=str(target),
        ) from None
    try:
        yield folder
    except OSError as fault:
        raise CannotWrite(
            f"The package could not be written into {target}: {fault.strerror or fault}.",
            "Make room on the disk, or choose another folder.",
            meaning="Nothing was sealed, and nothing half-written was left behind.",
            where=str(target),
        ) from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)
