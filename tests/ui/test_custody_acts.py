"""Holds and transfers in the window: made, ended, corrected, and told in the banner."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QComboBox, QLineEdit

from casebound_ui.desktop.custody_acts import CustodyActs
from casebound_ui.desktop.main import Program

Settle = Callable[..., None]


def fill(acts: CustodyActs, **answers: str) -> None:
    for name, text in answers.items():
        field = acts.form.fields[name]
        if isinstance(field, QComboBox):
            field.setCurrentIndex(field.findData(text))
        else:
            assert isinstance(field, QLineEdit)
            field.setText(text)


def seen(program: Program, name: str) -> None:
    """A picture to look at, where somebody asks for it."""
    folder = os.environ.get("CASEBOUND_SEEN")
    if folder:
        program.window.grab().save(str(Path(folder) / f"{name}.png"))


def test_holds_and_transfers_from_their_making_to_their_end(full_case: Program, settle: Settle) -> None:
    session, case, window = full_case.session, full_case.case, full_case.window
    assert session is not None and case is not None
    window.resize(1180, 720)
    window.go("custody")
    screen = case.custody
    settle(lambda: screen.view.chain.unbroken and screen.view.chain.size)
    screen.show_acts()
    acts = screen.acts
    assert acts is not None and acts.isVisible() and acts.table.record is None
    assert not acts.end.isEnabled() and not acts.correct.isEnabled()

    acts.hold.click()
    assert not acts.form.save.isEnabled(), "the reason is missing"
    fill(acts, reason="Litigation is expected", authority="Counsel", items="attachment:1, something")
    assert not acts.form.save.isEnabled() and "something" in acts.form.problem.text()
    seen(full_case, "form")
    fill(acts, items="attachment:1", at="2026-03-04T10:00")
    acts.form.accept()
    settle(lambda: len(session.snapshot.holds) == 1)
    hold = session.snapshot.holds[0]
    assert (hold.items, f"{hold.placed_at:%H:%M}") == ((("attachment", "1"),), "10:00")

    acts.transfer.click()
    fill(acts, direction="from", custodian="Operations", purpose="Analysis", what="An export", means="Disk 7")
    acts.form.accept()
    settle(lambda: len(session.snapshot.transfers) == 1)
    settle(lambda: "1 hold in force. 1 transfer not acknowledged." in screen.view.open.text())
    assert [one.number for one in acts.table.records.records] == ["T-01", "H-01"]
    seen(full_case, "acts")

    acts.table.selectRow(0)
    assert acts.end.text().strip() == "Acknowledged…"
    acts.end.click()
    fill(acts, by="Form 12, signed")
    acts.form.accept()
    settle(lambda: not session.snapshot.transfers[0].open)
    assert not acts.end.isEnabled()

    acts.correct.click()
    fill(acts, purpose="Analysis of the ban", reason="Which analysis")
    acts.form.accept()
    settle(lambda: session.snapshot.transfers[0].purpose == "Analysis of the ban")

    acts.table.selectRow(1)
    acts.end.click()
    fill(acts, reason="Settled")
    acts.form.accept()
    settle(lambda: not session.snapshot.holds[0].active)
    acts.mistake.click()
    fill(acts, reason="Another case")
    acts.form.accept()
    settle(lambda: session.snapshot.holds == ())
    acts.leave()
    settle(lambda: screen.view.chain.links[-1].title == "Hold entered by mistake")
    assert "No hold is in force" in screen.view.open.text()
    session.change(lambda held: held.place_hold("Litigation", items=[("exhibit", "EX-0002")]))
    settle(lambda: len(session.snapshot.holds) == 1)
    screen.follow(("attachment", "1"))
    settle(lambda: "H-02" in [link.item[1] for link in screen.view.list.table.records.records])
    assert {link.item for link in screen.view.list.table.records.records} == {
        ("attachment", "1"),
        ("exhibit", "EX-0002"),
        ("hold", "H-02"),
    }
    seen(full_case, "custody")


def test_what_the_case_refuses_is_told_and_nothing_is_written(full_case: Program, settle: Settle) -> None:
    session, case = full_case.session, full_case.case
    assert session is not None and case is not None
    full_case.window.go("custody")
    case.custody.show_acts()
    acts = case.custody.acts
    assert acts is not None
    size = session.snapshot.ledger_size
    acts.hold.click()
    fill(acts, reason="Litigation", items="attachment:99")
    acts.form.accept()
    settle(lambda: full_case.window.message.isVisible())
    assert session.snapshot.holds == () and session.snapshot.ledger_size == size


def test_opening_a_case_looks_for_what_is_missing(full_case: Program, settle: Settle) -> None:
    session, case = full_case.session, full_case.case
    assert session is not None and case is not None
    settle(lambda: case.overview.quick is not None)
    assert "When it was opened, every record was as recorded" in case.overview.banner.text
    case.overview.check()
    settle(lambda: session.snapshot.ledger_size and case.custody.view.chain.links[-1].action == "checked")
    assert case.overview.banner.head == "This case holds."
    path = session.case.path
    original = session.case.attachment_path(1)
    full_case.commands.run("close-case")
    settle(lambda: full_case.case is None)
    original.unlink()
    full_case.open(path)
    settle(lambda: full_case.case is not None and full_case.case.overview.quick is not None)
    again = full_case.case
    assert again is not None
    assert again.overview.banner.head == "This case does not hold."
    assert "missing from evidence/" in again.overview.banner.text
