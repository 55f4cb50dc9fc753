"""How set-aside rows are to be read again: what a person changes, and nothing else."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from casebound.case import ColumnRole, TableMapping
from casebound.errors import BadRequest
from casebound.mappings import changed
from casebound.zones import find_zone

_SHIFT = re.compile(r"(drop|insert|join):([1-9][0-9]{0,3})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Shift:
    """One step that brings values under their columns again. `at` counts the values of the record from 1.

    "drop": value `at` is left out. "insert": an empty value is put before value `at`. "join": values `at` and `at` + 1
    are one, with the delimiter between them that had cut it.
    """

    kind: str
    at: int

    @classmethod
    def parse(cls, text: str) -> Shift:
        """Read "drop:7", "insert:3" or "join:5". Raises `BadRequest`."""
        match = _SHIFT.fullmatch(text.strip().lower())
        if match is None:
            raise BadRequest(
                f"“{text}” is no way to shift columns.",
                "Write drop:7 to leave out the seventh value, insert:3 to put an empty one before the third, or join:5 "
                "to make one of the fifth and the sixth.",
            )
        return cls(match[1], int(match[2]))

    def __str__(self) -> str:
        return f"{self.kind}:{self.at}"

    def apply(self, values: list[str | None], delimiter: str) -> list[str | None]:
        """The values after this step; as they were where the record has no value `at`."""
        index = self.at - 1
        if self.kind == "insert" and index <= len(values):
            return [*values[:index], None, *values[index:]]
        if self.kind == "drop" and index < len(values):
            return [*values[:index], *values[index + 1 :]]
        if self.kind == "join" and index + 1 < len(values):
            one = f"{values[index] or ''}{delimiter}{values[index + 1] or ''}"
            return [*values[:index], one, *values[index + 2 :]]
        return values


@dataclass(frozen=True, slots=True)
class Recipe:
    """What is read otherwise; "" and False leave it as the source was read."""

    time_format: str = ""  # one of `casebound.moments.FORMATS`, or a strptime format
    zone: str = ""
    encoding: str = ""
    delimiter: str = ""
    shifts: tuple[Shift, ...] = ()
    plain_quotes: bool = False  # quotation marks are characters like any other

    @property
    def cuts(self) -> bool:
        """Whether records are cut into values otherwise, which only formats made of text can be."""
        return bool(self.encoding or self.delimiter or self.shifts or self.plain_quotes)

    def said(self) -> dict[str, object]:
        """As it is recorded: what was changed, and nothing else."""
        facts: dict[str, object] = {
            "time_format": self.time_format,
            "zone": self.zone,
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "shifts": [str(shift) for shift in self.shifts],
            "plain_quotes": self.plain_quotes,
        }
        return {key: value for key, value in facts.items() if value}

    def mapping(self, source: TableMapping, actor: str) -> TableMapping:
        """The source's mapping with what is read otherwise. Raises `BadRequest` for what is no format, zone …"""
        said: dict[str, object] = {}
        time = source.named(ColumnRole.TIME)
        if (self.time_format or self.zone) and not time:
            raise BadRequest(
                f"“{source.table}” has no column of times.", "Leave the time format and the zone as they are."
            )
        if self.time_format:
            said = {"columns": {time: {"time_format": self.time_format}}}
        made = changed(source, said)
        find_zone(self.zone)
        encoding = _known(self.encoding) if self.encoding else source.encoding
        if self.delimiter and (len(self.delimiter) != 1 or not self.delimiter.isascii() or self.delimiter in '"\r\n\0'):
            raise BadRequest(f"“{self.delimiter}” cannot be a delimiter.", "Use one character, such as ; or a tab.")
        return TableMapping(
            table=made.table,
            columns=made.columns,
            zone=self.zone or made.zone,
            zone_origin=f"chosen by {actor}" if self.zone else made.zone_origin,
            encoding=encoding,
            delimiter=self.delimiter + made.delimiter[1:] if self.delimiter else made.delimiter,  # quoted as before
            header_line=made.header_line,
            recognised_as=made.recognised_as,
            header_rows=made.header_rows,
            time_base=made.time_base,
            time_base_origin=made.time_base_origin,
        )


def spoken(said: object) -> str:
    """A recorded recipe in plain words, for people who read what was done."""
    if not isinstance(said, dict):
        return ""
    parts = []
    for key, words in (("time_format", "times as {}"), ("zone", "zone {}"), ("encoding", "text as {}")):
        if said.get(key):
            parts.append(words.format(said[key]))
    if said.get("delimiter"):
        parts.append(f"cut at {said['delimiter']!r}")
    shifts = said.get("shifts")
    if isinstance(shifts, list | tuple):
        parts += [_shift_words(str(shift)) for shift in shifts]
    if said.get("plain_quotes"):
        parts.append("quotation marks as plain characters")
    return ", ".join(parts)


def _shift_words(text: str) -> str:
    kind, _, at = text.partition(":")
    words = {"drop": "value {} left out", "insert": "an empty value before {}", "join": "values {} and the next as one"}
    return words.get(kind, text).format(at)


def _known(encoding: str) -> str:
    """The one name of an encoding of text. Raises `BadRequest`."""
    try:
        found = codecs.lookup(encoding)
    except (LookupError, ValueError):
        found = None
    if (
        found is None
        or not getattr(found, "_is_text_encoding", True)
        or found.name in ("idna", "punycode", "undefined")
    ):
        raise BadRequest(
            f"“{encoding}” is not an encoding that can be read.",
            "Use a name such as utf-8, cp1252, latin-1, mac-roman, shift_jis, gbk or utf-16-le.",
        )
    return {"iso8859-1": "latin-1"}.get(found.name, found.name)
