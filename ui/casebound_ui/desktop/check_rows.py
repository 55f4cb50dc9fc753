"""The six rows of a check: each says how it went in words, and opens to its details."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from casebound_packaging.finding import Finding
from casebound_packaging.spokenwords import spoken
from casebound_packaging.verify import CheckResult, SignerFacts
from casebound_ui.desktop import theme
from casebound_ui.desktop.check_words import STATES, Checked
from casebound_ui.desktop.controls import Chip, PaneButton, Picture, column, emptied, frame, label, row, rule
from casebound_ui.desktop.wording import counted, full_moment, grouped, short_hash

SHOWN = 40  # findings of one row; the saved report has all


class CheckRow(QWidget):
    """A button with icon, title and detail; below it, when opened, what was found."""

    def __init__(self, result: CheckResult, details: list[QWidget]) -> None:
        super().__init__()
        icon, tone, word = STATES[result.state]
        self.result = result
        self._arrow = Picture("chevron-down", "text2")
        words = column(label(result.title, "strong"), label(result.detail, "body", "text2", wrap=True), gap=3)
        state = Picture(icon, tone, 20)
        head = row(state, words, self._arrow, gap=14, margins=(14, 10, 22, 10))
        head.setStretch(1, 1)
        head.setAlignment(state, Qt.AlignmentFlag.AlignTop)
        self.button = PaneButton("row", head, lambda: None)
        self.button.setAccessibleName(f"{word}: {result.title}. {result.detail}")
        self._details = frame("sunken")
        self._details.setLayout(column(*details, gap=6, margins=(12, 10, 12, 10)))
        inset = row(self._details, margins=(50, 0, 14, 12))
        self._inset = QWidget()
        self._inset.setLayout(inset)
        self._inset.hide()
        self._has_details = bool(details)
        self._arrow.setVisible(self._has_details)
        self.button.setCheckable(self._has_details)
        self.button.toggled.connect(self._open)
        self.setLayout(column(self.button, self._inset, gap=0))

    def open(self) -> None:
        if self._has_details:
            self.button.setChecked(True)

    def _open(self, on: bool) -> None:
        self._inset.setVisible(on)
        self._arrow.show_icon("chevron-up" if on else "chevron-down", "text2")


class CheckRows(QFrame):
    """All six in one card; the first that failed, or else the first that is open, is opened."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self._list = QVBoxLayout(self)
        self._list.setContentsMargins(1, 1, 1, 1)
        self._list.setSpacing(0)
        self.rows: list[CheckRow] = []

    def show_checked(self, checked: Checked | None) -> None:
        emptied(self._list)
        self.rows = []
        if checked is None:
            return
        for result in checked.report.checks:
            if self.rows:
                self._list.addWidget(rule())
            made = CheckRow(result, _details(checked, result))
            self.rows.append(made)
            self._list.addWidget(made)
        failed = [made for made in self.rows if made.result.state == "fail"]
        unknown = [made for made in self.rows if made.result.state == "unknown"]
        for first in (failed or unknown)[:1]:
            first.open()


def _details(checked: Checked, result: CheckResult) -> list[QWidget]:
    findings = checked.findings(result.check)
    made = [_finding(finding) for finding in findings[:SHOWN]]
    if len(findings) > SHOWN:
        more = counted(len(findings) - SHOWN, "more finding")
        made.append(label(f"And {more}. The saved report has them all.", "small", "text2"))
    signer = checked.report.signer
    if result.check == "signer" and signer is not None:
        made += _signer(signer, result.state)
    if result.check == "seal" and signer is not None and not made:
        made += [_mono("certificate", grouped(signer.fingerprint)), _mono("key", grouped(signer.key_fingerprint))]
    if result.check == "custody" and checked.report.checkpoint is not None and not findings:
        point = checked.report.checkpoint
        made += [_mono("origin", point.origin), _mono("entries", f"{point.size:,}"), _mono("root", grouped(point.root))]
    if result.check == "contents" and checked.report.evidence_root and not findings:
        made.append(_mono("evidence root", grouped(checked.report.evidence_root)))
    if result.check == "time" and checked.report.sealed_at is not None:
        made.append(_mono("as stated", full_moment(checked.report.sealed_at)))
        if checked.report.stamped_at is not None:
            made.append(_mono("time stamp", full_moment(checked.report.stamped_at)))
    return made


def _finding(finding: Finding) -> QWidget:
    words = "Does not match" if finding.expected and finding.found else "Not in order"
    item = label(finding.item or "The package", "strong", wrap=True)
    head = row(item, Chip(words, "bad"), gap=8)
    head.setStretch(0, 1)
    parts = column(head, label(finding.problem, "small", "text2", wrap=True), gap=2)
    if finding.expected or finding.found:
        parts.addWidget(_mono("signed", _short(finding.expected)))
        parts.addWidget(_mono("found", _short(finding.found)))
    made = QWidget()
    made.setLayout(parts)
    return made


def _signer(signer: SignerFacts, state: str) -> list[QWidget]:
    made: list[QWidget] = []
    if state != "pass":
        head = row(
            label("Read these words to the signer over a known phone number", "strong"), None, Chip("Key words", "unk")
        )
        words = label("  ".join(spoken(signer.fingerprint).split()), "mono", select=True)
        box = QWidget()
        box.setLayout(column(head, words, gap=3))
        made.append(box)
    made.append(_mono("certificate", grouped(signer.fingerprint)))
    if signer.self_issued:
        made.append(label("The signer issued this certificate to themselves.", "small", "text2"))
    else:
        made.append(_mono("issued by", signer.issuer))
    return made


def _mono(name: str, value: str) -> QWidget:
    left = label(name, "mono", "text3")
    left.setMinimumWidth(round(118 * theme.scale()))
    right = label(value, "mono", "text2", wrap=True, select=True)
    made = QWidget()
    layout = row(left, right, gap=8)
    layout.setStretch(1, 1)
    layout.setAlignment(left, Qt.AlignmentFlag.AlignTop)
    made.setLayout(layout)
    return made


def _short(value: str) -> str:
    plain = value.strip()
    return short_hash(plain) if len(plain) == 64 else plain or "nothing"
