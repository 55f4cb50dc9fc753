"""What the columns of a table are for: proposed from their names and first values, said with the reason, changeable
by a person.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from casebound.case import Column, ColumnRole
from casebound.known_tables import KNOWN_TABLES
from casebound.knowntable import KnownTable
from casebound.moments import Ambiguous, Moment, Reading, read, settle, utc_text
from casebound.zones import find_zone

Row = Sequence[str | None]

_TIME_NAMES = (
    "ts",
    "timestamp",
    "@timestamp",
    "time",
    "datetime",
    "date_time",
    "event_time",
    "eventtime",
    "event_datetime",
    "created_at",
    "occurred_at",
    "fired_at",
    "started_at",
    "decided_at",
    "executed_at",
    "received_at",
    "logged_at",
    "date",
    "created",
    "when",
)
_ACTOR_NAMES = (
    "account_id",
    "actor",
    "actor_id",
    "user_id",
    "user",
    "username",
    "user_name",
    "useridentity.arn",
    "useridentity.username",
    "account",
    "email",
    "principal",
    "principal_id",
    "client",
    "client_ip",
    "source_ip",
    "sourceipaddress",
    "ip",
    "ip_address",
    "user_sid",
    "computer_name",
)
_ACTION_NAMES = (
    "action",
    "event_name",
    "eventname",
    "event",
    "event_type",
    "eventtype",
    "type",
    "activity",
    "operation",
    "method",
    "verb",
    "endpoint",
    "decision",
    "status",
    "timestamp_desc",
    "label",
)
_OBJECT_NAMES = (
    "object",
    "target",
    "target_id",
    "resource",
    "resource_id",
    "path",
    "url",
    "uri",
    "model_id",
    "model",
    "eventsource",
    "file",
    "message",
)
_KEY_NAMES = ("id", "uuid", "guid", "event_id", "eventid", "row_id", "record_id", "message_id")
_ENTITY = re.compile(
    r"(?:^|[_.\s-])(?:id|ids|key|ip|asn|email|uuid|fingerprint|arn|account|user|device|session|org|organization|country|phone|domain|"
    r"agent|user_agent|useragent|hash)$|(?:Id|ID|Arn|Ip|IP|IPAddress|Address)$",
)
_PLAIN_NUMBER = re.compile(r"-?\d+(?:\.\d+)?", re.ASCII)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_ENOUGH = 0.5
_SECOND = 1_000_000  # microseconds


@dataclass(frozen=True, slots=True)
class Proposal:
    """Roles for the columns of one table, the recogniser that gave them, and why."""

    columns: tuple[Column, ...]
    recognised_as: str
    evidence: tuple[str, ...]


def propose(table: str, names: Sequence[str], rows: Sequence[Row], stated: dict[str, str] | None = None) -> Proposal:
    """Roles by what the format states, by a known table, and by names and values, in that order."""
    if stated:
        columns = tuple(Column(name, ColumnRole(stated.get(name, "text"))) for name in names)
        return Proposal(columns, "", ("The format itself says what its columns are.",))
    known = _known(table, names)
    roles: dict[str, ColumnRole] = {}
    evidence: list[str] = []
    if known:
        lower = _lower(names)
        roles = _known_roles(known, lower, names, rows)
        matched = sum(column in lower for column in known.columns)
        evidence.append(f"{matched} of the {len(known.columns)} usual columns of {_article(known.title)} are here.")
        evidence += _contradictions(known, lower, names, rows)
    if known is None or not known.timeless:
        _one(roles, ColumnRole.TIME, _time_column(names, rows, roles), evidence, "its values read as times")
    if known is None:
        _guess(names, rows, roles, evidence, table)
    columns = tuple(
        Column(name, roles.get(name) or _rest(name, [row[index] for row in rows]), _format(name, roles, rows, index))
        for index, name in enumerate(names)
    )
    return Proposal(columns, known.title if known else "", tuple(evidence))


def _lower(names: Sequence[str]) -> dict[str, str]:
    """The columns by their names as known tables write them: lower case, `accountId` and `Account ID` as account_id."""
    found = {name.lower(): name for name in reversed(names)}
    for name in names:
        found.setdefault(_simple(_HUMP.sub("_", name)), name)
    return found


def _known(table: str, names: Sequence[str]) -> KnownTable | None:
    lower = set(_lower(names))
    best, score = None, 0.0
    for known in KNOWN_TABLES:
        if not set(known.needed) <= lower:
            continue
        share = len(lower & set(known.columns)) / max(1, min(len(names), len(known.columns)))
        share = max(share, 1.0) if known.certain else share
        share += 0.3 if known.name.replace(" ", "_") in table.lower() else 0.0
        if share > max(score, _ENOUGH):
            best, score = known, share
    return best


def _known_roles(
    known: KnownTable, lower: dict[str, str], names: Sequence[str], rows: Sequence[Row]
) -> dict[str, ColumnRole]:
    roles: dict[str, ColumnRole] = {}
    for role, options in known.wanted.items():
        there = [lower[option] for option in options if option in lower and lower[option] not in roles]
        chosen = next((name for name in there if _filled(names, rows, name)), there[0] if there else "")
        if chosen:
            roles[chosen] = role
    for option in known.entities:
        if option in lower:
            roles.setdefault(lower[option], ColumnRole.ENTITY)
    return roles


def _article(title: str) -> str:
    return f"an {title}" if title[0] in "aeio" else f"a {title}"


def _contradictions(known: KnownTable, lower: dict[str, str], names: Sequence[str], rows: Sequence[Row]) -> list[str]:
    """A sentence where a second column that should tell the same time tells another."""
    second, time_format = known.second_time
    first = known.wanted.get(ColumnRole.TIME, ("",))[0]
    if second not in lower or first not in lower:
        return []
    one, other = (list(names).index(lower[name]) for name in (first, second))
    differing, both, example = 0, 0, ""
    for row in rows:
        moments = _utc(row[one] or "", "auto"), _utc(row[other] or "", time_format)
        if moments[0] is None or moments[1] is None:
            continue
        both += 1
        if abs(moments[0] - moments[1]) >= _SECOND:
            differing += 1
            example = example or f"{row[other]} is {utc_text(moments[1])}, beside {row[one]}"
    if not differing:
        return []
    words = (
        f"In {differing:,} of {both:,} first rows “{lower[second]}” tells another time than “{lower[first]}”: "
        f"{example}. “{lower[first]}” is used; the other stays in its column."
    )
    return [words]


def _utc(value: str, time_format: str) -> int | None:
    found = read(value, time_format)
    settled = settle(found, find_zone(""), "assumed") if isinstance(found, Reading) else None
    return settled.time_us if isinstance(settled, Moment) else None


def _one(roles: dict[str, ColumnRole], role: ColumnRole, name: str, evidence: list[str], why: str) -> None:
    if name and role not in roles.values() and name not in roles:
        roles[name] = role
        evidence.append(f"“{name}” is taken for the {role.value}: {why}.")


def _guess(
    names: Sequence[str], rows: Sequence[Row], roles: dict[str, ColumnRole], evidence: list[str], table: str
) -> None:
    own = {f"{table.lower().rstrip('s')}_id", f"{table.lower()}_id"}
    for index, name in enumerate(names):
        if name.lower() in own or name.lower() in _KEY_NAMES:
            values = [row[index] for row in rows if row[index]]
            if len(values) == len(rows) > 0 and len(set(values)) == len(values):
                _one(roles, ColumnRole.ID, name, evidence, "its values differ in every row looked at")
    for role, wanted in (
        (ColumnRole.ACTOR, _ACTOR_NAMES),
        (ColumnRole.ACTION, _ACTION_NAMES),
        (ColumnRole.OBJECT, _OBJECT_NAMES),
    ):
        candidates = [
            name for name in names if name not in roles and _simple(name) in wanted and _filled(names, rows, name)
        ]
        candidates.sort(key=lambda name: wanted.index(_simple(name)))
        if candidates:
            _one(roles, role, candidates[0], evidence, "its name says so")


def _simple(name: str) -> str:
    return re.sub(r"[\s-]+", "_", name.strip()).lower()


def _filled(names: Sequence[str], rows: Sequence[Row], name: str) -> bool:
    index = list(names).index(name)
    return not rows or any(row[index] for row in rows)


def _time_column(names: Sequence[str], rows: Sequence[Row], roles: dict[str, ColumnRole]) -> str:
    """The column whose values read as times; of several the one whose name stands first in the usual order, then the
    leftmost.
    """
    best, rank = "", (0.0, 0, 0)
    for index, name in enumerate(names):
        if name in roles:
            continue
        simple = _simple(name)
        usual = simple in _TIME_NAMES
        timely = usual or simple.endswith(("_at", "_time", "time", "date", "_ts", "timestamp", "_on"))
        values = [row[index] for row in rows if row[index]]
        days = timely and _workbook_days(values) and ("date" in simple or any("." in (value or "") for value in values))
        readable = values if days else [value for value in values if _reads(value or "", timely)]
        share = len(readable) / len(rows) if rows else 0.0
        if share < _ENOUGH or (not timely and len(readable) < len(values)):
            continue
        order = -_TIME_NAMES.index(simple) if usual else -len(_TIME_NAMES) - (0 if timely else 50)
        if (candidate := (round(share, 1), order, -index)) > rank or not best:
            best, rank = name, candidate
    return best


def _reads(value: str, timely: bool) -> bool:
    if not timely and _PLAIN_NUMBER.fullmatch(value):
        return False  # a bare number is a time only where its name says so
    return isinstance(read(value), Reading | Ambiguous)


def _format(name: str, roles: dict[str, ColumnRole], rows: Sequence[Row], index: int) -> str:
    """ "excel" where a time column holds workbook day numbers, which no other notation looks like."""
    if roles.get(name) is not ColumnRole.TIME:
        return "auto"
    return "excel" if _workbook_days([row[index] for row in rows if row[index]]) else "auto"


def _workbook_days(values: Sequence[str | None]) -> bool:
    """Whether all values are day numbers of a workbook, between 1954 and 2118."""
    return bool(values) and all(
        value and len(value) < 30 and _PLAIN_NUMBER.fullmatch(value) and 20_000 <= float(value) < 80_000
        for value in values
    )


def _rest(name: str, values: list[str | None]) -> ColumnRole:
    filled = [value for value in values if value]
    if _ENTITY.search(name):
        return ColumnRole.ENTITY
    if filled and all(_PLAIN_NUMBER.fullmatch(value) for value in filled):
        return ColumnRole.NUMBER
    return ColumnRole.TEXT
