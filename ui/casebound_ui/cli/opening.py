"""What several commands ask for: a case to open, who acts, a passphrase, a moment."""

from __future__ import annotations

import getpass
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Final, TypeAlias

import typer

from casebound import passphrases
from casebound.case import Actor
from casebound.document import Case
from casebound.errors import BadIdentity, BadRequest, CannotWrite
from casebound.events import Events
from casebound.identities import actor_of, in_token, typed_actor
from casebound_packaging.durable import new_file
from casebound_packaging.identity import Identity
from casebound_ui.cli import terminal

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

CasePath: TypeAlias = Annotated[Path, typer.Argument(metavar="CASE", help="The case folder.", show_default=False)]
Json: TypeAlias = Annotated[bool, typer.Option("--json", help="Print JSON with stable keys.")]
Name: TypeAlias = Annotated[
    str,
    typer.Option(
        "--name",
        metavar="NAME",
        envvar="CASEBOUND_NAME",
        help="Who acts, as typed; recorded as unauthenticated. The system account when left out.",
        show_default=False,
    ),
]
Key: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--identity", metavar="FILE.p12", help="Act with this key instead of a typed name.", show_default=False
    ),
]
PassphraseFile: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--passphrase-file",
        metavar="FILE",
        help="Read the passphrase from the first line of FILE; else CASEBOUND_PASSPHRASE, else it is asked for.",
        show_default=False,
    ),
]


def passphrase(file: Path | None, *, again: bool = False, ask: str = "Passphrase: ") -> str:
    """The passphrase from a file, from CASEBOUND_PASSPHRASE, or asked for on the terminal (twice where `again`)."""
    if file is not None:
        return first_line(file)
    if "CASEBOUND_PASSPHRASE" in os.environ:
        return os.environ["CASEBOUND_PASSPHRASE"]
    if not sys.stdin.isatty():
        raise BadIdentity(
            "No passphrase was given.",
            "Name a file with --passphrase-file, set CASEBOUND_PASSPHRASE, or run this on a terminal to be asked.",
        )
    given = getpass.getpass(ask)
    if again and getpass.getpass("Once more: ") != given:
        raise BadIdentity("The two passphrases are not the same.", "Nothing was made. Try again.")
    return given


def secret_of(path: Path, file: Path | None) -> str:
    """The passphrase of an identity's file, or the PIN of the token it names.

    From a file, from CASEBOUND_PASSPHRASE, from the system's keyring where it was kept there, or asked for.
    """
    if file is not None or "CASEBOUND_PASSPHRASE" in os.environ:
        return passphrase(file)
    known = passphrases.kept(path)
    if known is not None:
        return known
    return passphrase(None, ask=f"PIN of the token in {path.name}: " if in_token(path) else "Passphrase: ")


def identity(path: Path, file: Path | None) -> Identity:
    """Unlock an identity's file. Raises `BadIdentity`, `BadRequest`."""
    return Identity.load(existing(path, "an identity"), secret_of(path, file))


def first_line(file: Path) -> str:
    """The first line of a small text file, without its line end."""
    text = read_text(file, "The passphrase file")
    return text.split("\n", 1)[0].rstrip("\r")


def read_text(file: Path, what: str, most: int = 1 << 20) -> str:
    """A small UTF-8 file. Raises `BadRequest` where it is not there, a directory, too big, or not text."""
    try:
        with file.open("rb") as stream:
            data = stream.read(most + 1)
    except OSError as fault:
        raise BadRequest(
            f"{what} {file} cannot be read: {fault.strerror}.", "Check the path.", where=str(file)
        ) from None
    if len(data) > most:
        raise BadRequest(
            f"{what} {file} is larger than {most:,} bytes.", "Check that it is the right file.", where=str(file)
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadRequest(
            f"{what} {file} is not UTF-8 text.", "Check that it is the right file.", where=str(file)
        ) from None


def read_object(file: Path | None, what: str) -> dict[str, object] | None:
    """A JSON object from a file; None where no file was named."""
    if file is None:
        return None
    try:
        value = json.loads(read_text(file, what))
    except (ValueError, RecursionError) as fault:
        where = f"line {fault.lineno}" if isinstance(fault, json.JSONDecodeError) else "the whole file"
        raise BadRequest(
            f"{what} {file} is not JSON ({where}).", "Mend the file and try again.", where=str(file)
        ) from None
    if not isinstance(value, dict):
        raise BadRequest(f"{what} {file} is JSON, but not an object.", "Put the keys into { … }.", where=str(file))
    return value


def actor(name: str = "", key: Path | None = None, file: Path | None = None) -> Actor:
    """Who acts: the unlocked key, or the typed name, or the name of the system account."""
    return typed_actor(name) if key is None else actor_of(identity(key, file))


@contextmanager
def reading(path: Path) -> Iterator[Case]:
    """The case, looked at only: nothing is written, and nobody is kept from writing."""
    with Case.open(path, typed_actor(), write=False) as case:
        yield case


@contextmanager
def writing(path: Path, who: Actor) -> Iterator[Case]:
    """The case, open for writing by this program alone."""
    with Case.open(path, who) as case:
        for text in case.unfinished():
            terminal.note(terminal.inert(text))
        yield case


@contextmanager
def rows_of(case: Case) -> Iterator[Events]:
    """The events of a case that is open."""
    with Events.open(case.path, case.snapshot().sources, case.column_codes()) as events:
        yield events


def moment_us(text: str | None, option: str) -> int | None:
    """A moment as typed, in microseconds since 1970 UTC; one without a zone is UTC. Raises `BadRequest`."""
    if text is None or not text.strip():
        return None
    try:
        given = datetime.fromisoformat(text.strip())
        aware = given if given.tzinfo else given.replace(tzinfo=UTC)
        return (aware - _EPOCH) // timedelta(microseconds=1)
    except (ValueError, OverflowError):
        raise BadRequest(
            f"{option} {text!r} is not a date or a time.",
            "Write it as 2026-09-30 or 2026-09-30T14:05:00Z; UTC unless it says otherwise.",
        ) from None


def moment(text: str | None, option: str) -> datetime | None:
    """The same as a time; None only where the option was left out. Raises `BadRequest`."""
    us = moment_us(text, option)
    if text is not None and us is None:
        raise BadRequest(f"The time after {option} is empty.", f"Leave {option} out for now.")
    return None if us is None else _EPOCH + timedelta(microseconds=us)


def existing(path: Path, what: str) -> Path:
    """A file that is there. Raises `BadRequest` for a missing path or a directory."""
    if path.is_dir():
        raise BadRequest(f"{path} is a folder, not {what}.", "Name a file.", where=str(path))
    if not path.is_file():
        raise BadRequest(f"There is no file {path}.", "Check the path.", where=str(path))
    return path


def new_place(path: Path) -> None:
    """Ask whether a new file can be written here, before anything is done that cannot be taken back.

    Raises `BadRequest` where something is there, `CannotWrite` where the folder is missing or nobody may write to it.
    """
    if os.path.lexists(path):
        raise _is_there(path)
    if not os.access(path.parent, os.W_OK | os.X_OK) or not path.parent.is_dir():
        reason = "its folder may not be written to" if path.parent.is_dir() else "there is no such folder"
        raise _not_written(path, reason)


def write_new(path: Path, content: bytes) -> None:
    """Write a file that is not there yet, whole or not at all.

    Raises `BadRequest` where it exists, `CannotWrite` otherwise.
    """
    try:
        with new_file(path) as stream:
            stream.write(content)
    except FileExistsError:
        raise _is_there(path) from None
    except OSError as fault:
        raise _not_written(path, fault.strerror or str(fault)) from None


def _is_there(path: Path) -> BadRequest:
    return BadRequest(f"{path} is already there.", "Name a new file; nothing is ever written over.", where=str(path))


def _not_written(path: Path, reason: str) -> CannotWrite:
    return CannotWrite(f"{path} cannot be written: {reason}.", "Check the folder and its free space.", where=str(path))
