"""What was sealed: its fingerprint and checkpoint, and what to do with it next."""

from __future__ import annotations

import re
import shutil
from glob import escape
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFrame

from casebound.case import SealedPackage
from casebound.errors import CannotWrite
from casebound.work import Done, Failed, Progress, Stopped
from casebound_ui.desktop import choosing
from casebound_ui.desktop.controls import Button, Chip, Picture, column, emptied, label, row
from casebound_ui.desktop.facts import fingerprint
from casebound_ui.desktop.session import CaseSession
from casebound_ui.desktop.surroundings import Surroundings
from casebound_ui.desktop.wording import count, inert, size

_BESIDE = re.compile(r"\.zip\.(tsr|[0-9]{2}-[a-z]{1,20}\.(p7s|sig))\Z")


class SealedCard(QFrame):
    """Hidden until something was sealed."""

    def __init__(self, session: CaseSession, around: Surroundings) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self._session, self._around = session, around
        self._body = column(gap=8, margins=(20, 14, 20, 16))
        self.setLayout(self._body)
        self.hide()

    def show_package(self, package: SealedPackage) -> None:
        """Show what was sealed."""
        emptied(self._body)
        head = row(
            Picture("package-check", "ok", 20),
            label(f"{package.name} is sealed", "h2"),
            Chip(size(package.size), "neutral"),
            None,
            gap=10,
        )
        self._body.addLayout(head)
        told = "Send it any way you like: a change on the way is found. Read the recipient your key words by telephone."
        self._body.addWidget(label(told, "body", "text2", wrap=True))
        self._body.addLayout(fingerprint("SHA-256", package.sha256, "the fingerprint of the package", wide=True))
        point = f"{count(package.checkpoint_size)} entries"
        self._body.addLayout(
            fingerprint("Checkpoint", package.checkpoint_root, "the root of the checkpoint", wide=True)
        )
        self._body.addWidget(
            label(
                f"{package.package_id}; the checkpoint covers {point}."
                " Give it to somebody outside: it holds you to this record.",
                "small",
                "text2",
                wrap=True,
            )
        )
        if package.stamp_told:
            told = inert(" ".join(package.stamp_told), 1200)
            self._body.addWidget(label(told, "small", "text2" if package.stamped else "warn", wrap=True))
        path = self.path_of(package)
        check = Button(
            "Check it", lambda: self.check(package), kind="primary", icon="shield-check", name="Check the package"
        )
        copy = Button("Save a copy…", lambda: self._copy(package), icon="download")
        show = Button(
            "Show the folder",
            lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent))),
            icon="folder-open",
        )
        self._body.addLayout(row(check, copy, show, None, gap=8))
        self.show()

    def check(self, package: SealedPackage) -> None:
        """Open the sealed file in the check, as its recipient will."""
        path = self.path_of(package)
        if path.is_file():
            self._around.open(path)
        else:
            self._around.tell(
                CannotWrite(
                    f"“{package.name}” is no longer where it was sealed.",
                    "Choose the copy that you have, with Check a package.",
                    meaning="The custody record still names it and its fingerprint.",
                    where=str(path),
                )
            )

    def _copy(self, package: SealedPackage) -> None:
        choosing.target(self, "Save a copy", package.name, "Packages (*.zip)", lambda to: self.copy_to(package, to))

    def copy_to(self, package: SealedPackage, target: Path) -> None:
        """Copy the sealed file, whole or not at all, and what was given to it later and lies beside."""
        source = self.path_of(package)

        def job(progress: Progress) -> None:
            half = target.with_name(f".{target.name}.part")
            try:
                # The package comes last: where it is, everything that belongs to it is.
                for one in (*_beside(source), source):
                    shutil.copyfile(one, half)
                    half.replace(target.with_name(target.name + one.name.removeprefix(source.name)))
            except OSError as error:
                half.unlink(missing_ok=True)
                raise CannotWrite(
                    f"“{target.name}” could not be written: {error.strerror}.",
                    "Choose another folder.",
                    where=str(target),
                ) from error

        def ended(ending: Done[None] | Stopped | Failed) -> None:
            match ending:
                case Failed(error):
                    self._around.tell(error)
                case Done():
                    self._around.note(f"Copied to {target}.")

        self._around.board.start(job, ended, title=f"Copying {package.name}", on_case=False)

    def path_of(self, package: SealedPackage) -> Path:
        """Where the package was sealed."""
        path = Path(package.path)
        return path if path.is_absolute() else self._session.case.path / path


def _beside(package: Path) -> list[Path]:
    """A late time stamp and later signatures, which lie under the package's name with more behind it."""
    return sorted(one for one in package.parent.glob(f"{escape(package.name)}.*") if _BESIDE.search(one.name))
