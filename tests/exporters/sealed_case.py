"""A small case of every kind of thing, and how a package of it is unpacked."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

from casebound.case import Actor, Confidence, Likelihood, SealedPackage
from casebound.document import Case
from casebound.events import Events
from casebound.importing import bring_in
from casebound.measures import measured
from casebound_exporters import SealedPackageExporter
from casebound_packaging.identity import Identity

HOSTILE = "=1+1 <b>bold</b> \u202egnp.exe\u202c <script>alert(1)</script>"
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x02\x00\x00\x00\x02\x08\x02\x00\x00\x00\xfd\xd4\x9as"
    b"\x00\x00\x00\x12IDATx\x9cc\xf8\xcf\xc0\x00D\x0c\x10\n\x00\x1d\xee\x03\xfd\xa2K\xd0\xfa\x00\x00\x00\x00IEND\xaeB`\x82"
)


def rows() -> str:
    lines = ["id,ts,account,action,text"]
    for number in range(60):
        text = {3: "\"=cmd|'/C calc'!A0\"", 4: "-5", 5: "'quoted", 6: '"two\nlines, and ""quotes"""', 7: '""'}.get(
            number, "x"
        )
        lines.append(f"r{number},2026-09-{1 + number // 3:02d}T10:{number:02d}:00Z,acc_{number % 4},send,{text}")
    lines.append("r90,not a time,acc_1,send,x")
    lines.append("r0,2026-09-01T10:00:00Z,acc_0,send,x")
    return "\n".join(lines) + "\n"


@dataclass(frozen=True)
class Kept:
    case: Case
    identity: Identity
    folder: Path

    def exporter(self, **options: object) -> SealedPackageExporter:
        values = {"identity": self.identity, "recipient_class": "legal", "purpose": "A test", **options}
        return SealedPackageExporter(**values)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Made:
    kept: Kept
    package: SealedPackage
    folder: Path  # unpacked, the top folder


def unpack(package: Path, to: Path) -> Path:
    with zipfile.ZipFile(package) as archive:
        for name in archive.namelist():
            path = to / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(archive.read(name))
    return next(to.iterdir())


def build(folder: Path) -> Kept:
    identity = Identity.create("Ines Marlowe", organisation="Lumenfall")
    case = Case.create(
        folder / "a.casebound", "LF/7", "Test of an export", Actor("Ines Marlowe", identity.key_fingerprint)
    )
    for name, text in {
        "requests.csv": rows(),
        "other.csv": "id,when,note\n1,2026-09-03 08:00,a\n2,2026-09-04 08:00,b\n",
    }.items():
        (folder / name).write_text(text, encoding="utf-8")
        bring_in(case, folder / name)
    (folder / "seen.png").write_bytes(PNG)
    (folder / "secret.png").write_bytes(PNG + b"x")
    (folder / "mail.eml").write_text(f"Subject: {HOSTILE}\n\nhello", encoding="utf-8")
    origin = {"url": "https://relay.example/", "captured_at": "2026-09-05T08:12:47+02:00"}
    shown = case.attach(folder / "seen.png", title="Seen " + HOSTILE, origin=origin, sensitive=False)
    secret = case.attach(folder / "secret.png", title="Secret")
    case.attach(folder / "mail.eml", title="Not enclosed")
    with Events.open(case.path, case.snapshot().sources) as events:
        for place in (0, 3, 9):
            case.make_exhibit(event=events.page(place, place + 1)[0], caption=f"Event {place} {HOSTILE}")
        case.make_exhibit(attachment=shown.number, caption="The page")
        case.make_exhibit(attachment=secret.number)
        case.annotate([events.page(0, 1)[0].id], note="A note " + HOSTILE)
        window = {"from_us": 1_788_220_800_000_000, "to_us": 1_789_000_000_000_000}
        count = measured(
            case,
            events,
            question="How many from acc_1?",
            table="requests",
            where="account:acc_1",
            unit="requests",
            denominator_of="all requests in the window",
            **window,
        )
        accounts = measured(
            case,
            events,
            question="How many accounts?",
            table="requests",
            where="-action:stop",
            unit="accounts",
            distinct="account",
            denominator_of="accounts in all",
            **window,
        )
    case.add_finding(
        "acc_1 sends too much " + HOSTILE,
        supports=("EX-0001",),
        contradicts=("EX-0004",),
        measures=(count.number, accounts.number),
        likelihood=Likelihood.LIKELY,
        confidence=Confidence.LOW,
        ask="Ban it.",
    )
    return Kept(case, identity, folder)
