"""Bringing case.db to today's schema, and refusing one of tomorrow."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, text

from casebound.errors import BadCase

if TYPE_CHECKING:
    from alembic.config import Config

REVISIONS: Final = ("0001", "0002", "0003", "0004")
"""Every revision this program knows, oldest first; a test holds them to the migrations."""


def configuration(connection: Connection) -> Config:
    """Alembic's configuration, without a file."""
    from alembic.config import Config

    config = Config()
    # Alembic expands % in options.
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def revision(connection: Connection) -> str | None:
    """The schema that the file has, or None where it has none."""
    named = connection.execute(text("SELECT name FROM sqlite_master WHERE name = 'alembic_version'")).scalar()
    if named is None:
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)


def require_plain(connection: Connection, where: Path) -> None:
    """Raises `BadCase` where the database holds triggers or views: a stranger's program that our writing would run."""
    planted = connection.execute(text("SELECT name FROM sqlite_master WHERE type IN ('trigger', 'view')")).scalar()
    if planted is not None:
        raise BadCase(
            "The case's database holds instructions that this program never puts there, so nothing is written to it.",
            "Open it to look only, and run a check of the case.",
            meaning="Somebody changed it outside of this program.",
            where=str(where),
        )


def upgrade(connection: Connection) -> None:
    """Take every step that is missing, inside the caller's transaction."""
    # Imported here: a case of today's schema opens without Alembic.
    from alembic import command

    command.upgrade(configuration(connection), "head")


def require_known(found: str | None, where: Path) -> None:
    """Raises `BadCase` for a file that has no schema of ours, or a newer one."""
    if found is None:
        raise BadCase(
            "The folder holds a file case.db that is not a case's.",
            "Choose the folder of a case; its name ends in .casebound unless it was renamed.",
            where=str(where),
        )
    if found not in REVISIONS:
        raise BadCase(
            "The case was written by a newer version of this program.",
            "Install the newer version to open it.",
            meaning="Nothing was changed in it. A sealed package of the case can be checked with every version.",
            where=str(where),
        )
