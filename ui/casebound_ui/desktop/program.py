"""The composition root of the window: everything is made here, once, and handed down."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from casebound.case import Actor
from casebound.errors import BadRequest, CaseLocked
from casebound_ui.desktop import choosing, crash, localzone, undoing, windowcommands
from casebound_ui.desktop.check_words import Checked
from casebound_ui.desktop.commands import Commands
from casebound_ui.desktop.jobs import Board, Desk
from casebound_ui.desktop.lastplace import LastPlace
from casebound_ui.desktop.navigation import Place
from casebound_ui.desktop.newcase import NewCase
from casebound_ui.desktop.opening import Openings, is_case, is_package
from casebound_ui.desktop.places import CasePlaces, PackagePlaces
from casebound_ui.desktop.preferences import Preferences
from casebound_ui.desktop.recent import recent_things
from casebound_ui.desktop.session import CaseSession
from casebound_ui.desktop.settings import Settings
from casebound_ui.desktop.shell import Window
from casebound_ui.desktop.signing_key import SigningKey
from casebound_ui.desktop.surroundings import Surroundings
from casebound_ui.desktop.welcome import Welcome
from casebound_ui.desktop.wording import key_name
from casebound_ui.sample import sample_case


class Program:
    """The running program: one window, and at most one case and one package in it."""

    def __init__(self, folder: Path, log: crash.CrashLog) -> None:
        self.preferences = Preferences(folder)
        self.board = Board(Desk())
        self.commands = Commands()
        self.window = Window(self.board, self.commands, log.report)
        self.session: CaseSession | None = None
        self.case: CasePlaces | None = None
        self.package: PackagePlaces | None = None
        self._waiting: list[Path] = []
        self._recorded: Checked | None = None
        self.around = Surroundings(
            board=self.board,
            preferences=self.preferences,
            commands=self.commands,
            key=SigningKey(self.preferences.clock),
            go=self.window.go,
            open=self.open,
            tell=self.window.message.fault,
            note=self.window.status.say,
            ask=lambda title, meaning, keep, act, run: self.window.message.ask(title, meaning, keep, (act, run)),
        )
        self.openings = Openings(self.board, self.preferences, self._opened, self.window.message.fault, self._locked)
        windowcommands.register(self.window, self, self.preferences)
        undoing.register(self.commands, self.window, lambda: self.session, self.window.status.say)
        self.commands.let_letters_act(self.preferences.remembered.letters)
        self.window.palette_sheet.recent = lambda: recent_things(self.preferences, self.around.open)
        self.last = LastPlace(self.window, self.preferences)
        self.settings = Settings(
            self.window, self.preferences, self.commands, self._renamed, self.last.whereabouts.forget, self._retime
        )
        localzone.show_in(self.preferences.remembered.zone)
        self.form = NewCase(self.window, self.openings.create)
        self.welcome: Welcome | None = None
        self.window.dropped = self.dropped
        self.window.closing = self.close
        self.window.navigation.narrow(self.preferences.remembered.narrow)
        self.show_welcome()

    # What the commands do

    def new_case(self) -> None:
        self.form.ask(self.openings.person())

    def ask_case(self) -> None:
        choosing.folder(self.window, "Open a case folder", Path.home(), self.open)

    def ask_package(self) -> None:
        choosing.file(self.window, "Check a package", choosing.PACKAGES, self.check)

    def sample(self) -> None:
        self._let_go()
        self.openings.sample(lambda progress: sample_case(progress=progress))

    def close_case(self) -> None:
        self._let_go()
        self.show_welcome()

    def bring_in(self) -> None:
        if self.case is not None:
            self.window.go("sources")
            self.case.sources.choose()

    def attach(self) -> None:
        if self.case is not None:
            self.window.go("attachments")
            self.case.attachments.choose()

    def add_finding(self) -> None:
        if self.case is not None:
            self.window.go("findings")
            self.case.findings.add()

    def build_package(self) -> None:
        if self.case is not None:
            self.window.go("packages")
            self.case.packages.build()

    def check_custody(self) -> None:
        if self.case is not None:
            self.window.go("custody")
            self.case.custody.check()

    def check_whole_case(self) -> None:
        if self.case is not None:
            self.window.go("overview")
            self.case.overview.check()

    def show_settings(self) -> None:
        self.settings.appear()

    def has_case(self) -> bool:
        return self.case is not None and self.window.has("overview")

    def may_write(self) -> bool:
        return self.has_case() and self.session is not None and not self.session.read_only

    # Opening and letting go

    def open(self, path: Path) -> None:
        """Open what lies at `path`: a case folder, a package or a report, or an exhibit that was given alone."""
        if is_case(path) or (path.is_dir() and not is_package(path)):
            self._let_go()
            self.openings.open(path)
        else:
            self.check(path)

    def check(self, path: Path) -> None:
        """Show the check of a package. A case that is open stays open behind it."""
        self._check_place()
        if self.package is not None:
            self.package.check(path)

    def dropped(self, paths: list[Path]) -> None:
        """Files that no screen took: a case, a package, or an export to bring in."""
        first = paths[0]
        if is_case(first):
            self.open(first)
        elif is_package(first):
            self.check(first)
        elif self.case is not None and self.may_write():
            self.window.go("sources")
            self.case.sources.take_files(paths)
        elif first.is_dir():
            self.window.message.fault(
                BadRequest(
                    f"“{first.name}” is not a case folder.",
                    "Drop a folder that Casebound made; its name usually ends in .casebound.",
                )
            )
        else:
            self._waiting = paths
            self.window.message.ask(
                "Start a case for this file first.",
                f"“{first.name}” can be brought in as soon as there is a case to keep it in.",
                "Not now",
                ("Start a case", self.new_case),
            )

    def show_welcome(self) -> None:
        before = self.welcome
        self.welcome = Welcome(self.around)
        self.welcome.refresh()
        place = Place("welcome", "Welcome", "briefcase", "", self.welcome)
        self.window.show_places([place], "welcome", bars=False)
        if before is not None:
            self.window.discard([before])

    def close(self) -> None:
        """Let everything go before the program ends."""
        self.last.keep_window()
        self._let_go()
        self.board.close()

    def _opened(self, session: CaseSession) -> None:
        self._let_go()
        self.session = session
        session.failed = self.window.message.fault
        self.case = CasePlaces(session, self.around)
        self.window.palette_sheet.things = self.case.things
        session.changed.add(lambda kinds: self._count())
        if self.preferences.remembered.zone:
            self.case.timeline.canvas.show_zone(self.preferences.remembered.zone)
        first = "overview" if session.snapshot.sources else "sources"
        self._show_case(self.last.put_back(session, self.case) or first)
        unfinished = session.case.unfinished()
        if unfinished:
            told = "\n".join(unfinished)
            self.window.message.ask(
                "Something did not finish last time.", f"{told}\nNothing half-done was kept.", "Close"
            )
        waiting, self._waiting = self._waiting, []
        if waiting:
            self.case.sources.take_files(waiting)

    def _show_case(self, first: str) -> None:
        if self.case is None or self.session is None:
            self.show_welcome()
            return
        snapshot = self.session.snapshot
        self.window.top.show_open("briefcase", snapshot.title, snapshot.number)
        self.window.top.show_action("build-package", "package")
        self.window.top.action.setEnabled(not snapshot.read_only)
        self.window.show_places([*self.case.places, *self._check_place()], first)
        self._count()
        if snapshot.read_only:
            self.window.status.say("Looking on only: nothing is written, and this viewing is not recorded.")

    def _check_place(self) -> list[Place]:
        if self.package is None:
            self.package = PackagePlaces(self.around, self._leave_package, self._show_package)
            self.package.result.session_of = self._writable
        return [self.package.entry]

    def _writable(self) -> CaseSession | None:
        return None if self.session is None or self.session.read_only else self.session

    def _show_package(self, first: str) -> None:
        if self.package is None:
            return
        self._record_check(self.package.result.checked)
        case = None if self.session is None else self.session.snapshot.title
        self.window.top.show_open("package-open", self.package.title, self.package.detail)
        self.window.top.show_action("check", "folder-open")
        self.window.top.action.setEnabled(True)
        self.window.navigation.show_person("", "")
        self.window.show_places(self.package.places_with(case), first)

    def _record_check(self, checked: Checked | None) -> None:
        """A check of a package of the open case is an entry of its custody."""
        session = self.session
        if checked is None or checked is self._recorded or session is None or session.read_only:
            return
        self._recorded, report = checked, checked.report
        if report.kind in ("checkpoint", "receipt"):
            return  # it speaks of a package; nobody looked into one
        held = {package.package_id: package.version for package in session.snapshot.packages if package.exported}
        if report.package_id in held:
            version, verdict = held[report.package_id], str(report.verdict)
            session.change(lambda case: case.record_verified(version, verdict))

    def _leave_package(self) -> None:
        if self.case is not None:
            self._show_case("overview")
        else:
            self.show_welcome()

    def _renamed(self, name: str) -> None:
        """A typed name acts from now on; a key that is unlocked goes on naming its own person."""
        session = self.session
        if session is not None and not session.case.actor.key:
            session.case.actor = Actor(name)
            session.changed(frozenset({"actor"}))

    def _retime(self) -> None:
        """Local times are shown in another zone: under the axis, and of the chosen event."""
        if self.session is not None and self.case is not None:
            self.case.timeline.canvas.show_zone(self.preferences.remembered.zone)
            self.session.changed(frozenset({"zone"}))

    def _count(self) -> None:
        self.window.navigation.count()
        if self.session is not None and self.window.has("overview"):
            actor = self.session.case.actor
            key = f"Key {key_name(actor.key)}" if actor.key else "No key unlocked"
            self.window.navigation.show_person(actor.name, key)

    def _let_go(self) -> None:
        if self.session is not None:
            if self.case is not None:
                self.last.keep(self.session, self.case)
            self.session.close()
            self.session = None
        if self.case is not None:
            self.window.palette_sheet.things = None
            self.window.discard([place.widget for place in self.case.places if place.widget is not None])
            self.case = None

    def _locked(self, error: CaseLocked, look_on: Callable[[], None]) -> None:
        self.window.message.fault(error, ("Look on only", look_on))
