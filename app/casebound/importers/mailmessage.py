"""One mail as the values of a row: what its headers say, as written and as read; what hangs on it; what is wrong in it.

RFC 5322, RFC 2045 to 2049 and RFC 2231, read with the standard library. The message itself stays as it is in the
original: a mail that is written again by a program is no longer the same bytes.
"""

from __future__ import annotations

import binascii
import hashlib
import json
import re
from collections.abc import Iterator
from email import message_from_bytes
from email.header import decode_header
from email.message import Message
from typing import Final

COLUMNS: Final = (
    "message_id",
    "date",
    "from",
    "to",
    "cc",
    "subject",
    "subject_raw",
    "in_reply_to",
    "received_first",
    "content_type",
    "attachments",
    "body_excerpt",
    "defects",
)
"""`date` and `subject_raw` are as written; `from` to `subject` have their encoded words read (RFC 2047)."""

LONGEST_MESSAGE: Final = 64 * 1024 * 1024  # bytes; a longer one is set aside
_EXCERPT: Final = 4_000  # characters of the text that are kept beside the row
_VALUE: Final = 100_000  # characters of a header that are kept beside the row
_PARTS: Final = 1_000
_ONCE: Final = ("message-id", "date", "from", "to", "cc", "subject", "in-reply-to")  # RFC 5322 3.6
_FOLD: Final = re.compile(r"\r?\n(?=[ \t])|\r(?!\n)(?=[ \t])")
_CONTROL: Final = re.compile("[\0\ud800-\udfff]")


_PARAMETERS: Final = 64 * 1024
_PARAMETRIC: Final = re.compile(rb"(?im)^content-(?:type|disposition):[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*+")
_NESTS: Final = 500
_EMPTY: Final = re.compile(rb"\n\r?\n")
_SPACED: Final = re.compile(rb"^([!-9;-~]+)[ \t]+:", re.MULTILINE)  # “Subject  :”, obsolete and allowed (RFC 5322 4.5)


class NoMail(Exception):
    """These bytes are no mail; the message is one sentence."""


def values(raw: bytes) -> list[str | None]:
    """A message as one value for each of `COLUMNS`. Raises `NoMail` where it cannot be read as one."""
    _require_simple(raw)
    try:
        message = message_from_bytes(_current(raw))
        if not message.keys():
            raise NoMail("It does not begin with a header.")
        return _Reading(message).row()
    except NoMail:
        raise
    except RecursionError:
        raise NoMail("Its parts are nested deeper than any program makes them.") from None
    except Exception as error:
        raise NoMail(f"It cannot be read as a mail ({type(error).__name__}).") from error


class _Reading:
    def __init__(self, message: Message) -> None:
        self.message = message
        self.defects: list[str] = []
        self.headers: dict[str, list[str]] = {}
        for name, value in message.raw_items():
            self.headers.setdefault(name.lower(), []).append(self._text(name, value))

    def row(self) -> list[str | None]:
        for name in _ONCE:
            given = self.headers.get(name, [])
            if len(given) > 1:
                others = "; ".join(f"“{value[:200]}”" for value in given[1:4])
                self._defect(f"{name} stands {len(given)} times; the first is shown, and then {others}")
        received = self.headers.get("received", [])
        attachments, excerpt = self._parts()
        return [
            self._value("message-id"),
            self._value("date"),
            self._decoded("from"),
            self._decoded("to"),
            self._decoded("cc"),
            self._decoded("subject"),
            self._value("subject"),
            self._value("in-reply-to"),
            _short(received[-1]) if received else None,  # the header that was put on first stands last
            self._value("content-type"),
            json.dumps(attachments, ensure_ascii=False) if attachments else None,
            excerpt,
            "; ".join(dict.fromkeys(self.defects)) or None,
        ]

    def _defect(self, words: str) -> None:
        if len(self.defects) < 100:
            self.defects.append(_plain(words))

    def _text(self, name: str, value: object) -> str:
        """A header as written, unfolded (RFC 5322 2.2.3); bytes that are no UTF-8 as \\xNN."""
        raw = str(value).encode("utf-8", "surrogateescape")
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            self._defect(f"{name} holds bytes of an encoding that it does not name")
            text = raw.decode("utf-8", "backslashreplace")
        return _plain(_FOLD.sub("", text).strip())

    def _value(self, name: str) -> str | None:
        given = self.headers.get(name)
        return _short(given[0]) if given else None

    def _decoded(self, name: str) -> str | None:
        given = self.headers.get(name)
        return None if not given else _short(self._words(name, given[0]))

    def _words(self, name: str, text: str) -> str:
        """Text with its encoded words read. What cannot be read stays as written, and is told."""
        if "=?" not in text:
            return text
        try:
            pieces = decode_header(text)
        except (ValueError, binascii.Error, LookupError):
            pieces = []
        except Exception:  # noqa: BLE001 - HeaderParseError is not all that it raises
            pieces = []
        if not pieces:
            self._defect(f"an encoded word in {name} cannot be read")
            return text
        found = []
        for piece, charset in pieces:
            if isinstance(piece, str):
                found.append(piece)
            else:
                found.append(self._charset(piece, charset or "ascii", name))
        return _plain("".join(found))

    def _charset(self, data: bytes, charset: str, where: str) -> str:
        """Bytes as text. Those that are not of the charset named, or all where it is unknown, as \\xNN."""
        try:
            return data.decode(charset)
        except (LookupError, ValueError):
            pass
        for name, words in (
            ("utf-8", f"{where} names the charset “{charset[:40]}” and is UTF-8"),
            ("ascii", f"{where} holds bytes that are not of the charset “{charset[:40]}”"),
        ):
            try:
                text = data.decode(name, "strict" if name == "utf-8" and charset != "ascii" else "backslashreplace")
            except ValueError:
                continue
            if name == "ascii" or charset.lower() not in ("ascii", "us-ascii"):
                self._defect(words)
                return text
        return data.decode("ascii", "backslashreplace")

    def _parts(self) -> tuple[list[dict[str, object]], str | None]:
        """What hangs on the mail, and the beginning of its text."""
        attachments: list[dict[str, object]] = []
        plain = html = None
        for number, (part, inside) in enumerate(_leaves(self.message, False)):
            if number == _PARTS:
                self._defect(f"it has more than {_PARTS:,} parts; the rest is not listed")
                break
            for defect in part.defects:
                self._defect(_spoken(defect))
            kind = part.get_content_type()
            disposition = part.get_content_disposition()
            name = self._filename(part)
            data = self._content(part)
            if kind.startswith("text/") and not name and disposition != "attachment" and not inside:
                if kind == "text/html":
                    html = html if html is not None else self._body(part, data)
                else:
                    plain = plain if plain is not None else self._body(part, data)
                continue
            one: dict[str, object] = {"name": name, "type": kind}
            if data is not None:
                one |= {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            attachments.append(one | ({"inside": "a mail that is attached"} if inside else {}))
        for defect in self.message.defects:
            self._defect(_spoken(defect))
        return attachments, plain if plain is not None else html

    def _filename(self, part: Message) -> str:
        try:
            name = part.get_filename() or ""
        except Exception:  # noqa: BLE001 - RFC 2231 parameters of strangers
            self._defect("the name of an attachment cannot be read")
            return ""
        return _short(self._words("the name of an attachment", self._text("the name of an attachment", name)))

    def _content(self, part: Message) -> bytes | None:
        """The decoded bytes of a part; None for a mail that is attached, whose own bytes are not told apart here."""
        if part.is_multipart():
            return None
        payload = part.get_payload(decode=True)
        return payload if isinstance(payload, bytes) else b""

    def _body(self, part: Message, data: bytes | None) -> str:
        charset = part.get_content_charset("us-ascii") or "us-ascii"
        beginning = (data or b"")[: 8 * _EXCERPT]
        if charset.lower() in ("us-ascii", "ascii") and not beginning.isascii():
            try:
                text = beginning.decode("utf-8")
                self._defect("the text names no charset and is UTF-8")
            except UnicodeDecodeError as fault:
                if len(data or b"") > len(beginning) and fault.start >= len(beginning) - 3:
                    text = beginning[: fault.start].decode("utf-8")
                    self._defect("the text names no charset and is UTF-8")
                else:
                    text = beginning.decode("ascii", "backslashreplace")
                    self._defect("the text holds bytes of an encoding that it does not name")
        elif len(data or b"") > len(beginning):
            text = beginning.decode(_known(charset), "ignore")  # a character cut in two by the end of the excerpt
        else:
            text = self._charset(beginning, charset, "the text")
        text = _plain(text)
        if len(text) > _EXCERPT or len(data or b"") > len(beginning):
            return f"{text[:_EXCERPT]}… (the original holds more)"
        return text


def _leaves(part: Message, inside: bool) -> Iterator[tuple[Message, bool]]:
    """The parts that hold something, with whether they are inside a mail that is attached."""
    if part.get_content_maintype() == "message" and part.is_multipart():
        yield part, inside
        for attached in part.get_payload():
            if isinstance(attached, Message):
                yield from _leaves(attached, True)
    elif part.is_multipart():
        for child in part.get_payload():
            if isinstance(child, Message):
                yield from _leaves(child, inside)
    else:
        yield part, inside


def _known(charset: str) -> str:
    try:
        b"".decode(charset)
    except (LookupError, ValueError):
        return "ascii"
    return charset


def _spoken(defect: Exception) -> str:
    """A defect of the library as words: StartBoundaryNotFoundDefect is “start boundary not found”."""
    name = type(defect).__name__.removesuffix("Defect")
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).lower()


def _current(raw: bytes) -> bytes:
    """A message with its headers as they are written today, for the library to know them."""
    end = _EMPTY.search(raw)
    head = raw[: end.start()] if end else raw
    return _SPACED.sub(rb"\1:", head) + raw[len(head) :] if _SPACED.search(head) else raw


def _require_simple(raw: bytes) -> None:
    """Refuse what takes the library's parser without end; nobody's program writes such a mail."""
    if any(found.end() - found.start() > _PARAMETERS for found in _PARAMETRIC.finditer(raw)):
        raise NoMail(f"A Content-Type or Content-Disposition of it is longer than {_PARAMETERS:,} bytes.")
    if raw.lower().count(b"multipart/") > _NESTS:
        raise NoMail(f"It has more than {_NESTS:,} parts that hold other parts.")


def _plain(text: str) -> str:
    """Text that a table can hold: NUL and halves of surrogate pairs as escapes."""
    return _CONTROL.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    return "\\x00" if found[0] == "\0" else f"\\u{ord(found[0]):04x}"


def _short(text: str) -> str:
    return text if len(text) <= _VALUE else f"{text[:_VALUE]}… (the original holds more)"
