"""When: the signer's own clock, or a time stamp (RFC 3161) by a service that the person who verifies trusts.

Whether a stamp is whole and over its bytes is asked always. Whether it proves a time is asked of the roots given: a
stamp by a service that nobody here trusts, or whose certificate has expired since, proves none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509

from casebound_packaging.finding import Finding
from casebound_packaging.servicetrust import ExpiredService, UnknownService, vouch
from casebound_packaging.stamp import LARGEST, Stamp, plain, read_stamp, read_token
from casebound_packaging.verify.contents import REPORT, Contents
from casebound_packaging.verify.pdf import SignedReport
from casebound_packaging.verify.revocation import read_lists
from casebound_packaging.verify.seals import Seal
from casebound_packaging.verify.signer import read_roots
from casebound_packaging.verify.trust import Trust

_CHAIN: Final = "certs/tsa-chain.pem"
_LATE: Final = timedelta(days=1)
_ROUNDING: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Stamped:
    """What the stamps say together. `moment` is proved for the first seal; `told` says why there is no proof."""

    moment: datetime | None = None
    there: bool = False
    told: str = ""


@dataclass(frozen=True, slots=True)
class _Found:
    """One stamp: where it lies, what it is over, the bytes that it must be over, and itself."""

    item: str
    about: str
    over: bytes | None
    answer: bytes
    leading: bool = False  # over the first seal
    bare: bool = False  # a token without its envelope, as a PDF carries it


@dataclass(slots=True)
class _Judge:
    trust: Trust
    found: list[Finding]
    notes: list[str]
    roots: list[x509.Certificate] = field(default_factory=list)
    lists: list[x509.CertificateRevocationList] = field(default_factory=list)
    others: tuple[x509.Certificate, ...] = ()
    unknown: list[tuple[str, str]] = field(default_factory=list)
    proved: list[tuple[_Found, Stamp]] = field(default_factory=list)
    told: str = ""

    def __post_init__(self) -> None:
        if self.trust.tsa_pem is not None:
            self.roots, self.lists = read_roots(self.trust.tsa_pem)
            self.lists += read_lists(self.trust.crl_pem or b"")

    def read(self, one: _Found) -> Stamp | None:
        """The stamp, if it is whole and over its bytes."""
        try:
            if one.over is None:
                raise ValueError("what it is over is not there")
            stamp = read_token(one.answer) if one.bare else read_stamp(one.answer)
            stamp.require_over(one.over)
        except ValueError as fault:
            self.refuse(one.item, str(fault))
            return None
        return stamp

    def refuse(self, item: str, reason: str) -> None:
        self.found.append(Finding("time", item, "The time stamp does not hold.", "", reason))

    def weigh(self, one: _Found, stamp: Stamp) -> None:
        """Ask whether somebody trusted made it."""
        service, moment = plain(stamp.service), f"{stamp.moment:%Y-%m-%d %H:%M:%S} UTC"
        if self.trust.tsa_pem is None:
            self.notes.append(
                f"{one.item}: a time stamp of {moment} by {service} is there, over {one.about}; who made it was not"
                " checked, because no time stamp root was given."
            )
            return
        try:
            vouch(stamp, self.roots, others=self.others, lists=self.lists, now=self.trust.moment)
        except UnknownService as fault:
            self.unknown.append((one.item, str(fault)))
        except ExpiredService as fault:
            self.notes.append(
                f"{one.item}: the time stamp of {moment} over {one.about} proves its time no longer: {fault}."
            )
            if one.leading:
                self.told = f"There is a time stamp of {moment}, but {fault}."
        except ValueError as fault:
            self.refuse(one.item, str(fault))
        else:
            self.proved.append((one, stamp))
            if stamp.moment - self.trust.moment > _ROUNDING:
                self.notes.append(f"{one.item}: the time stamp is later than this computer's clock, which may be slow.")

    def unknown_services(self) -> None:
        """A stamp by somebody unknown is refused, unless another stamp holds: services are asked in turn."""
        for item, reason in self.unknown:
            if self.proved:
                self.notes.append(f"{item}: a further time stamp does not count: {reason}.")
            else:
                self.refuse(item, reason)


def check_stamps(
    contents: Contents,
    seals: tuple[Seal, ...],
    path: Path,
    report: SignedReport,
    claimed: datetime | None,
    trust: Trust,
    found: list[Finding],
    notes: list[str],
) -> Stamped:
    """Examine every stamp in the package and beside it (`NAME.zip.tsr`). `claimed` is what the signer's clock said."""
    there = [*_over_seals(contents, seals, path), *_over_checkpoints(contents), *_in_report(report, REPORT)]
    judge = _Judge(trust, found, notes, others=_certificates(contents.kept.get(_CHAIN, b"")))
    _weigh_all(judge, there)
    if trust.tsa_pem is not None and not there:
        notes.append("A time stamp root was given; the package has no time stamp.")
    for one, stamp in judge.proved:
        if not one.leading:
            notes.append(f"{one.item}: {plain(stamp.service)} saw {one.about} on {stamp.moment:%Y-%m-%d %H:%M:%S} UTC.")
    moment = min((stamp.moment for one, stamp in judge.proved if one.leading), default=None)
    if moment is not None and claimed is not None:
        notes += _beside_the_clock(moment, claimed)
    return Stamped(moment, any(one.leading for one in there), "" if moment else judge.told)


def check_report_stamp(
    report: SignedReport, item: str, trust: Trust, found: list[Finding], notes: list[str]
) -> Stamped:
    """Examine the stamp in a report that was found alone."""
    there = list(_in_report(report, item, leading=True))
    judge = _Judge(trust, found, notes)
    _weigh_all(judge, there)
    moment = min((stamp.moment for _, stamp in judge.proved), default=None)
    return Stamped(moment, bool(there), "" if moment else judge.told)


def _weigh_all(judge: _Judge, there: Sequence[_Found]) -> None:
    for one in there:
        stamp = judge.read(one)
        if stamp is not None:
            judge.weigh(one, stamp)
    judge.unknown_services()


def _over_seals(contents: Contents, seals: tuple[Seal, ...], path: Path) -> Iterator[_Found]:
    for seal in seals:
        name = f"seals/{seal.name}.p7s.tsr"
        leading, about = seal.name.startswith("01-"), f"the seal {seal.name}"
        if name in contents.kept:
            yield _Found(name, about, seal.p7s, contents.kept[name], leading)
        if leading:
            beside = path.with_name(f"{path.name}{'.zip' if path.is_dir() else ''}.tsr")
            if beside.is_file():
                yield _Found(beside.name, about, seal.p7s, _content(beside), leading)


def _content(path: Path) -> bytes:
    """What lies in a file beside the package; nothing, which is no stamp, where it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(LARGEST + 1)
    except OSError:
        return b""


def _over_checkpoints(contents: Contents) -> Iterator[_Found]:
    for name in contents.under("data/custody/checkpoints/", ".checkpoint.tsr"):
        if name in contents.kept:
            size = name.rpartition("/")[2].partition(".")[0]
            over = contents.kept.get(name.removesuffix(".tsr"))
            yield _Found(name, f"the state of the custody record at {size} entries", over, contents.kept[name])


def _in_report(report: SignedReport, item: str, *, leading: bool = False) -> Iterator[_Found]:
    for token in report.tokens:
        yield _Found(item, "the report's signature", report.signature, token, leading, bare=True)


def _beside_the_clock(moment: datetime, claimed: datetime) -> Iterator[str]:
    if claimed - moment > _ROUNDING:
        yield (
            "The signer's clock was ahead: a time stamp service saw the seal before the time at which it was made by"
            " that clock."
        )
    if moment - claimed > _LATE:
        days = (moment - claimed).days
        yield (
            f"The time stamp was had {days} {'day' if days == 1 else 'days'} after the time that the signer's clock"
            " says. It proves that the seal was there by then, and no more."
        )


def _certificates(pem: bytes) -> tuple[x509.Certificate, ...]:
    """Enclosed certificates: they help to find the way up to a root, and are never one."""
    try:
        return tuple(x509.load_pem_x509_certificates(pem))[:32] if pem else ()
    except ValueError:
        return ()
