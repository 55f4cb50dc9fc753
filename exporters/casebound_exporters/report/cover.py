"""The first page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reportlab.platypus import Flowable, PageBreak, Spacer  # noqa: TID253 - see the package

from casebound_exporters.report import style
from casebound_exporters.report.blocks import Cell, Press
from casebound_exporters.report.flow import Rule
from casebound_exporters.report.grid import Column, grid
from casebound_exporters.report.model import Cover
from casebound_exporters.report.pages import Sections
from casebound_exporters.report.written import grouped, moment

AUDIENCES = {
    "legal": "Legal counsel",
    "reviewer": "Independent reviewer",
    "partner": "Partner",
    "government": "Public authority",
}


def cover_page(cover: Cover, press: Press, sections: Sections) -> list[Flowable]:
    """Case, recipient, and the values that tie this report to its evidence."""
    kicker = replace(style.LABEL, ink=style.ACCENT, size=9, leading=13, after=10)
    title = replace(style.SECTION, size=25, leading=31, after=4, together=False)
    made: list[Flowable] = [
        Spacer(1, 14),
        press.text(kicker, "Evidence report"),
        press.text(title, cover.case_title or "Untitled case", 140),
        press.text(replace(style.LEAD, after=16), f"Case {cover.case_number}", 140),
    ]
    supersedes = f"; supersedes {cover.supersedes}" if cover.supersedes else ""
    made.append(
        press.facts(
            [
                ("Prepared for", f"{AUDIENCES.get(cover.recipient_class, cover.recipient_class)}"),
                ("Purpose", cover.purpose or "Not stated"),
                ("Legal basis", cover.legal_basis or "Not stated"),
                *([("Prepared by", _organisation(cover))] if cover.organisation else []),
                ("Sealed", f"{moment(cover.sealed_at)}, by the signer’s own clock"),
                ("Version", f"{cover.version}{supersedes}"),
                ("Declared limits", _limits(cover)),
            ]
        )
    )
    made += [Rule(4, 10), press.text(replace(style.HEADING, before=0), "What this report is tied to")]
    made.append(
        press.facts(
            [
                ("Package", (style.DIGEST, cover.package_id)),
                ("Evidence root", (style.DIGEST, cover.evidence_root)),
                ("Signer", _signer(cover)),
                ("Custody record", _checkpoint(cover)),
            ]
        )
    )
    if cover.self_issued:
        made.append(
            press.panel(
                press.text(style.STRONG_VALUE, "Self-issued identity"),
                press.text(
                    style.SMALL,
                    "The signer made this identity themselves; no organisation vouches for it in this package. "
                    "Before you rely on the name, compare the fingerprint with one that reached you another way, "
                    f"for example by telephone. The fingerprint in six words: {cover.spoken}.",
                ),
            )
        )
    made.append(
        press.text(
            style.SMALL,
            "This file carries one digital signature over all of it. A pass in any checker says that the "
            "contents are unchanged "
            "since they were sealed. It does not say that what they record is true.",
        )
    )
    made += [Spacer(1, 10), _contents(press, sections), PageBreak()]
    return made


def _organisation(cover: Cover) -> str:
    return f"{cover.organisation}, as the signer states" if cover.self_issued else cover.organisation


def _limits(cover: Cover) -> str:
    words = {
        "PARTIAL": "PARTIAL: part of what the case holds is not enclosed",
        "REDACTED": "REDACTED: parts of the custody record are withheld",
    }
    return "; ".join(words.get(limit, limit) for limit in cover.limits) or "None"


def _signer(cover: Cover) -> Sequence[Cell]:
    groups = grouped(cover.fingerprint)
    return [
        (style.STRONG_VALUE, cover.signer),
        (style.SMALL, "Fingerprint of the certificate (SHA-256)"),
        *((style.DIGEST, line) for line in groups),
    ]


def _checkpoint(cover: Cover) -> Sequence[Cell]:
    return [
        (style.DIGEST, cover.log_origin),
        (style.SMALL, f"{cover.log_size:,} lines, root"),
        (style.DIGEST, cover.log_root),
    ]


def _contents(press: Press, sections: Sections) -> Flowable:
    half = (len(sections) + 1) // 2
    columns = [
        Column("", 180),
        Column("", 30, True),
        Column("", 28),
        Column("", style.WIDTH - 272),
        Column("", 34, True),
    ]
    blank = [press.text(style.SMALL, " ")]
    rows = []
    for place in range(half):
        left, right = sections[place], sections[place + half] if place + half < len(sections) else (" ", 0)
        row = []
        for title, page in (left, right):
            row += [[press.text(style.SMALL, title)], [press.text(style.SMALL, str(page) if page else " ")], blank]
        rows.append(row[:-1])
    if not rows:
        return Spacer(1, 90)
    return grid(columns, rows, press, lines=False, padding=1)
