"""What somebody stated, as plain JSON that nobody can change: the origin of an export, a record of the ledger.

A `Stated` is a dictionary to every reader (`json.dumps`, RFC 8785) and refuses to be written to, at every depth.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final, NoReturn

from casebound_packaging.times import stamp

_EXACT: Final = 2**53 - 1
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Stated(dict[str, object]):
    """A dictionary that stays as it is."""

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("what was stated cannot be changed")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[type[dict[str, object]], tuple[dict[str, object]]]:
        return dict, (dict(self),)

    def __deepcopy__(self, memo: object) -> Stated:
        return self


def frozen(value: object) -> object:
    """The same JSON value with objects as `Stated` and arrays as tuples."""
    if isinstance(value, Mapping):
        return Stated({str(key): frozen(item) for key, item in value.items()})
    if isinstance(value, list | tuple):
        return tuple(frozen(item) for item in value)
    return value


def plain(value: object) -> object:
    """A value as JSON that RFC 8785 can say exactly: numbers that it cannot are kept as their text."""
    if isinstance(value, Mapping):
        return {text(str(key)): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if -_EXACT <= value <= _EXACT else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    return text(str(value))


def text(value: str) -> str:
    """Text that UTF-8 can carry: half of a surrogate pair (an undecodable byte of a file name) is written \\udcXX."""
    return value if value.isascii() else value.encode("utf-8", "backslashreplace").decode("utf-8")


def pack(value: object) -> str:
    """JSON as it is kept in a column."""
    return json.dumps(plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def unpack(packed: str) -> object:
    """Read a column back as a plain value."""
    return json.loads(packed)


def stated(packed: str | None) -> Stated | None:
    """Read a column that holds an object, or nothing."""
    if packed is None:
        return None
    value = frozen(json.loads(packed))
    if not isinstance(value, Stated):
        raise ValueError("not a JSON object")
    return value


def texts(packed: str) -> tuple[str, ...]:
    """Read a column that holds an array of texts."""
    value = json.loads(packed)
    if not (isinstance(value, list) and all(isinstance(item, str) for item in value)):
        raise ValueError("not an array of texts")
    return tuple(value)


def moment(us: int | None) -> str | None:
    """Microseconds since 1970 as a time that a ledger record may hold (the number may be beyond 2**53)."""
    return None if us is None else stamp(_EPOCH + timedelta(microseconds=us))
