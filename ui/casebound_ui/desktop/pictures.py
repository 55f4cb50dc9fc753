"""Pictures of every screen, to look at and for the README: `python -m casebound_ui.desktop.pictures --out DIR`.

Offscreen, with the bundled fonts, at a fixed size, on the sample case, light and dark. Everything on them is invented.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from casebound_ui.desktop.main import Program

SIZES = {"": (1440, 900), "-small": (1180, 720)}
HOUR = 3_600_000_000  # microseconds
PERSON = "Ines Marlowe"
PASSPHRASE = "only for pictures"  # noqa: S105 - a throw-away key in a temporary folder


def take(out: Path, themes: Sequence[str], sizes: Sequence[str], only: str = "", text_scale: float = 1.0) -> list[Path]:
    """Make the pictures and return their paths."""
    from PySide6.QtCore import QCoreApplication, QEventLoop
    from PySide6.QtWidgets import QApplication

    from casebound_ui.desktop import theme
    from casebound_ui.desktop.crash import CrashLog
    from casebound_ui.desktop.main import Program

    home = Path(tempfile.mkdtemp(prefix="casebound-pictures-"))
    os.environ["CASEBOUND_HOME"] = str(home)
    application = QApplication.instance() or QApplication(sys.argv[:1])
    theme.load_fonts()
    theme.apply(theme.LIGHT)
    program = Program(home, CrashLog(home))
    program.preferences.keep(name=PERSON)
    window, made = program.window, []
    out.mkdir(parents=True, exist_ok=True)

    def settle(until: Callable[[], bool] = lambda: True) -> None:
        """Let the window work until nothing is under way."""
        quiet = 0
        while quiet < 5:
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
            cover = program.case.attachments.cover if program.case else None
            timeline = program.case.timeline if program.case else None
            features = timeline.features if timeline is not None else []
            reading = timeline is not None and not timeline.browsing.idle
            reading = reading or any(not getattr(feature, "idle", True) for feature in features)
            busy = bool(program.board.running) or reading or (cover is not None and cover.busy)
            quiet = quiet + 1 if not busy and until() else 0

    def shot(name: str) -> None:
        if only and only not in name:
            return
        for size in sizes:
            window.resize(*SIZES[size])
            for look in themes:
                window.put_theme(theme.DARK if look == "dark" else theme.LIGHT, text_scale)
                settle()
                path = out / f"{name}{size}-{look}.png"
                window.grab().save(str(path))
                made.append(path)

    window.show()
    shot("welcome")
    program.sample()
    settle(lambda: program.case is not None)
    case = program.case
    if case is None:
        raise SystemExit("the sample case did not open")
    for name in ("overview", "sources", "timeline", "attachments", "findings", "custody", "packages"):
        window.go(name)
        shot(name)
    _event(program, settle)
    window.commands.run("timeline-facets")
    settle()
    shot("timeline-event")
    window.commands.run("timeline-facets")
    settle()
    _compared_hours(program, settle)
    shot("timeline-compare")
    _back(program, settle)
    window.commands.run("timeline-point-out")
    settle()
    shot("timeline-pointed-out")
    case.timeline.close_sheet()
    _told(program, settle)
    shot("evidence")
    _saved(program, settle)
    shot("timeline-saved-views")
    case.timeline.close_sheet()
    window.go("sources")
    from casebound_resources import resource

    exports = sorted(path for path in resource("sample").rglob("*.csv"))
    case.sources.look(exports[:1])
    settle()
    shot("sources-preview")
    window.go("packages")
    case.packages.purpose.setText("Decision on the accounts named in F-01")
    card = case.packages.signer
    card.person.setText(PERSON)
    card.passphrase.setText(PASSPHRASE)
    card.again.setText(PASSPHRASE)
    card.make_key()
    settle()
    case.packages.build()
    settle()
    shot("packages-sealed")
    _checks(program, shot, settle)
    window.palette_sheet.appear()
    shot("palette")
    window.palette_sheet.leave()
    window.commands.run("settings")
    shot("settings")
    program.settings.leave()
    window.commands.run("jobs")
    shot("jobs")
    window.jobs_panel.leave()
    window.close()
    application.processEvents()
    return made


def _event(program: Program, settle: Callable[[], None]) -> None:
    """The hours around the ban, with the event chosen that a covered picture belongs to."""
    from casebound_ui.desktop.timeline.scale import View

    case, session = program.case, program.session
    if case is None or session is None:
        return
    held = [a for a in session.snapshot.attachments if a.sensitive and a.events] or list(session.snapshot.attachments)
    program.window.go("timeline")
    case.timeline.show_event(held[0].events[0])
    settle()
    event = case.timeline.choice.event
    if event is not None:
        case.timeline.canvas.move_to(View(event.time_us - 3 * HOUR, event.time_us + 3 * HOUR), settle=True)
        settle()


def _compared_hours(program: Program, settle: Callable[[], None]) -> None:
    """The three hours after the chosen event, compared with as many before."""
    from casebound_ui.desktop.timeline.scene import Stretch

    case = program.case
    event = case.timeline.choice.event if case is not None else None
    if case is None or event is None:
        return
    case.timeline.canvas.show_range(Stretch(event.time_us, event.time_us + 3 * HOUR))
    settle()
    program.commands.run("timeline-compare")
    settle()


def _back(program: Program, settle: Callable[[], None]) -> None:
    """No sheet, no range, the whole case."""
    if program.case is not None:
        program.case.timeline.close_sheet()
        program.case.timeline.canvas.show_range(None)
        program.case.timeline.whole()
        settle()


def _told(program: Program, settle: Callable[[], None]) -> None:
    """The evidence timeline: every exhibit by time, and a range that somebody states."""
    case, session = program.case, program.session
    if case is None or session is None:
        return
    program.window.go("evidence")
    case.evidence.add_all()
    settle()
    told = session.snapshot.chronology
    first = 1_790_776_800_000_000  # 30 September 2026, 14:00 UTC
    words, after = "The operator's own status page reports no outage", told[4].number
    session.change(lambda held: held.add_entry(caption=words, from_us=first, to_us=first + 2 * HOUR, after=after))
    settle()
    case.evidence.choose(told[2].number)
    settle()


def _saved(program: Program, settle: Callable[[], None]) -> None:
    """Two views that are kept, the first of them shown, and their list."""
    case, session = program.case, program.session
    if case is None or session is None:
        return
    first, last = 1_788_220_800_000_000, 1_790_812_800_000_000  # September 2026
    session.change(lambda held: held.save_view("September, both pools", from_us=first, to_us=last))
    templates = "template_cluster_id:tc_0417 OR template_cluster_id:tc_0418"
    session.change(lambda held: held.save_view("Two of the templates", where=templates, lanes="account_id"))
    settle()
    program.window.go("timeline")
    program.commands.run("timeline-next-saved-view")
    settle()
    program.commands.run("timeline-saved-views")
    settle()


def _checks(program: Program, shot: Callable[[str], None], settle: Callable[[], None]) -> None:
    """The check of a package: signer unknown, confirmed, and one changed byte."""
    if program.session is None:
        return
    package = program.session.snapshot.packages[-1]
    path = program.session.case.path / "packages" / package.name
    program.check(path)
    settle()
    shot("check-unconfirmed")
    result = program.package.result if program.package else None
    if result is None or result.checked is None or result.checked.report.signer is None:
        return
    result.confirmed(result.checked.report.signer, "by phone, on a number I already knew")
    settle()
    shot("check-confirmed")
    result_places = program.package
    if result_places is not None:
        result_places.open_evidence()
        settle()
        for name in ("p-findings", "p-timeline", "p-exhibits", "p-custody"):
            program.window.go(name)
            shot(f"package{name[1:]}")
    changed = path.with_name("changed.zip")
    data = bytearray(path.read_bytes())
    place = data.find(b"exhibit.json") + 400
    data[place] ^= 1
    changed.write_bytes(bytes(data))
    program.check(changed)
    settle()
    shot("check-changed")


def main(arguments: Sequence[str] | None = None) -> int:
    """Take the pictures."""
    parser = argparse.ArgumentParser(description="Pictures of every screen of the window.")
    parser.add_argument("--out", type=Path, required=True, help="folder for the pictures")
    parser.add_argument("--theme", choices=("light", "dark", "both"), default="both")
    parser.add_argument("--size", choices=("normal", "small", "both"), default="normal")
    parser.add_argument("--only", default="", help="take only pictures whose name has this in it")
    parser.add_argument("--against", type=Path, help="folder of pictures taken before: say how much of each differs")
    parser.add_argument("--text", type=int, choices=range(90, 201), default=100, metavar="PERCENT", help="text size")
    given = parser.parse_args(arguments)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    themes = ("light", "dark") if given.theme == "both" else (given.theme,)
    sizes = {"normal": ("",), "small": ("-small",), "both": ("", "-small")}[given.size]
    for path in take(given.out, themes, sizes, given.only, given.text / 100):
        print(path, *(() if given.against is None else (_compared(path, given.against / path.name),)))
    return 0


def _compared(path: Path, before: Path) -> str:
    """How much of a picture is not as it was."""
    from PySide6.QtGui import QImage

    from casebound_ui.desktop.likeness import difference

    if not before.is_file():
        return "new"
    return f"{difference(QImage(str(path)), QImage(str(before))):.2%} of the pixels differ"


if __name__ == "__main__":
    raise SystemExit(main())
