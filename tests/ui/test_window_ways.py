"""From a finding, an attachment or a custody entry to the event: the same event in the inspector, on the timeline."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QWidget

from casebound_ui.desktop import cover as covers
from casebound_ui.desktop.main import Program

PATIENCE = 30_000


def press(qtbot, screen: QWidget, name: str) -> None:
    """Press the visible button of that spoken name, from the keyboard."""

    def shown() -> list[QAbstractButton]:
        return [b for b in screen.findChildren(QAbstractButton) if b.accessibleName() == name and b.isVisible()]

    qtbot.waitUntil(lambda: len(shown()) == 1, timeout=PATIENCE)
    (button,) = shown()
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Space)


@pytest.fixture
def linked(small_case: Program, settle, tmp_path: Path) -> Program:
    """Two exhibits, an event and a picture that belongs to another event, and a finding that names both."""
    session = small_case.session
    picture = tmp_path / "door.png"
    image = QImage(32, 32, QImage.Format.Format_RGB32)
    image.fill(QColor("#204060"))
    assert image.save(str(picture), "PNG")

    def fill(case) -> None:
        rows = session.events.page(0, 4)
        case.make_exhibit(event=rows[2], caption="A request")
        case.attach(picture, events=[rows[1].id])
        case.make_exhibit(attachment=1, caption="The door")
        case.annotate([rows[3].id], note="Look here")
        case.add_finding("acc_2 sent one request.", supports=("EX-0001",), contradicts=("EX-0002",))

    session.change(fill)
    settle(lambda: len(session.snapshot.findings) == 1)
    return small_case


def at(program: Program) -> int | None:
    """The record in the original of the event that the timeline shows, if it shows one."""
    event = program.case.timeline.choice.event
    return None if event is None or program.window.place != "timeline" else event.id.ordinal


def test_an_exhibit_of_a_finding_leads_to_its_event_or_its_attachment(linked: Program, settle, qtbot) -> None:
    linked.window.go("findings")
    settle()
    press(qtbot, linked.case.findings, "Go to EX-0001")
    qtbot.waitUntil(lambda: at(linked) == 2, timeout=PATIENCE)
    assert linked.case.timeline.inspector.isVisible()
    linked.commands.run("back")
    press(qtbot, linked.case.findings, "Go to EX-0002")
    assert linked.window.place == "attachments"
    assert linked.case.attachments.listing.table.record.number == 1


def test_an_attachment_leads_to_the_event_it_belongs_to(linked: Program, settle, qtbot) -> None:
    linked.window.go("attachments")
    settle()
    press(qtbot, linked.case.attachments, "Go to the event: requests, record 2")
    qtbot.waitUntil(lambda: at(linked) == 1, timeout=PATIENCE)


def test_a_custody_entry_leads_to_its_item(linked: Program, settle, qtbot) -> None:
    view = linked.case.custody.view
    settle(lambda: any(link.item == ("finding", "F-01") for link in view.chain.links))
    for item, name, place in (
        (("exhibit", "EX-0001"), "Go to EX-0001", "timeline"),
        (("attachment", "1"), "Go to the attachment", "attachments"),
        (("mark", "1"), "Go to what it is on", "timeline"),
        (("finding", "F-01"), "Go to F-01", "findings"),
    ):
        linked.window.go("custody")
        settle()
        view.list.jump(next(link.seq for link in view.chain.links if link.item == item))
        press(qtbot, linked.case.custody, name)
        assert linked.window.place == place
    linked.window.go("timeline")
    qtbot.waitUntil(lambda: at(linked) == 4, timeout=PATIENCE)


def test_cover_everything_covers_the_timeline_too(linked: Program, settle, qtbot) -> None:
    timeline = linked.case.timeline
    linked.window.go("timeline")
    timeline.show_event(linked.session.snapshot.attachments[0].events[0])

    def cards() -> list[covers.Cover]:
        return [card.cover for card in timeline.inspector.cards if card.cover is not None]

    qtbot.waitUntil(lambda: len(cards()) == 1 and cards()[0].isVisible(), timeout=PATIENCE)
    cards()[0].reveal()
    qtbot.waitUntil(lambda: cards()[0].state == covers.BLURRED, timeout=PATIENCE)
    assert linked.commands.run("hide-all")
    assert cards()[0].state == covers.COVERED
