"""Readers of the formats that exports come in. One line in IMPORTERS registers one."""

from __future__ import annotations

from pathlib import Path

from casebound.errors import BadSource
from casebound.importers.delimited import DelimitedText
from casebound.importers.jsonarray import JsonDocument
from casebound.importers.jsonlines import JsonLines
from casebound.importers.kinds import WORDS, kind_of
from casebound.importers.layout import Importer
from casebound.importers.mail import Mail, Mailbox
from casebound.importers.parquet import ParquetFile
from casebound.importers.sqlite import SqliteDatabase
from casebound.importers.wacz import Wacz
from casebound.importers.warc import WebArchive
from casebound.importers.weblog import WebLog
from casebound.importers.workbook import Workbook
from casebound.importers.workbook_old import OldWorkbook

IMPORTERS: tuple[Importer, ...] = (
    DelimitedText(),
    JsonLines(),
    JsonDocument(),
    Workbook(),
    OldWorkbook(),
    ParquetFile(),
    SqliteDatabase(),
    WebLog(),
    Mail(),
    Mailbox(),
    WebArchive(),
    Wacz(),
)


def importer_for(path: Path, name: str) -> Importer:
    """The one importer for this file. Raises `BadSource` where there is none."""
    kind = kind_of(path, name)
    found = next((importer for importer in IMPORTERS if importer.kind == kind), None)
    if found is None:
        raise BadSource(f"“{name}” is {WORDS[kind]}, not a table.", "Attach it to the case instead.", where=name)
    return found


def importer_of(importer_format: str) -> Importer:
    """The importer that writes this word as a source's format."""
    return next(importer for importer in IMPORTERS if importer.format == importer_format)
