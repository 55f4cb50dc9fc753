"""The text of a JSON file, read forward in bounded memory, with the byte it stands at."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from pathlib import Path

from casebound.errors import BadRequest
from casebound.importers.batch import LONGEST_RAW, LONGEST_RECORD
from casebound.importers.encodings import Encoding, detect
from casebound.importers.flatten import NotJson, decoder, plain, too_deep

_SPACE = re.compile(r"[ \t\r\n]*")
_SPACE_AND_MARK = re.compile(r"[ \t\r\n\x1e]*")  # RFC 7464: a record separator before each text of a sequence
_SPECIAL = re.compile(r'["\[\]{}]')
_IN_STRING = re.compile(r'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL)
_BLOCK = 256 * 1024
_NEAR = 16  # characters: a word, number or escape that the window cuts is no longer than that


def encoding_of(path: Path, chosen: str = "") -> Encoding:
    """UTF-8, or UTF-16 where the bytes say so: nothing else is JSON (RFC 8259, 8.1) unless a person chose it.

    Raises `BadRequest` for an encoding nobody knows.
    """
    found = detect(path)
    if chosen and chosen != found.name:
        try:
            name = codecs.lookup(chosen).name
        except LookupError:
            raise BadRequest(
                f"“{chosen}” is not an encoding that can be read.", "Leave it out, or use utf-8."
            ) from None
        same = name.replace("-", "")[:5] == found.name.replace("-", "")[:5]
        return Encoding(chosen, found.mark if same else 0, f"The encoding {chosen} was chosen.")
    if chosen or found.name.startswith("utf-"):
        return found
    words = (
        "JSON is UTF-8 by its standard, and records with other bytes are set aside unless another encoding is chosen."
    )
    return Encoding("utf-8", 0, f"{found.evidence} {words}")


class JsonText:
    """A window on the text that moves forward. `offset` is the byte it stands at; close it.

    Bytes that cannot be decoded are in the window as half characters, so that only their element is refused.
    """

    def __init__(self, path: Path, encoding: Encoding) -> None:
        self.encoding = encoding.name
        self._wide = encoding.name.startswith(("utf-16", "utf-32"))
        self._errors = "surrogatepass" if self._wide else "surrogateescape"
        self._plain = not self._wide  # where ASCII is one byte a character
        self._stream = path.open("rb")
        self._stream.seek(encoding.mark)
        self._size = path.stat().st_size
        self._decoder = codecs.getincrementaldecoder(self.encoding)(self._errors)
        self.offset, self._window, self._at = encoding.mark, "", 0
        self._ended = False
        self.indent: str | None = ""  # white space before the place on its line, where nothing else is there

    def close(self) -> None:
        self._stream.close()

    def more(self, size: int = _BLOCK) -> bool:
        """Widen the window; False where nothing is left to widen it with."""
        if self._ended:
            return False
        if self._at > _BLOCK:
            self._window, self._at = self._window[self._at :], 0
        block = self._stream.read(size)
        self._ended = not block
        try:
            added = self._decoder.decode(block, not block)
        except UnicodeDecodeError as error:
            # A last character that is cut, or bytes that the encoding has no way to keep: nothing behind them is read.
            held = error.object if isinstance(error.object, bytes) else b""
            added = held[: error.start].decode(self.encoding, self._errors) + "\udcff"
            self._ended = True
        self._window += added
        return bool(added) or not self._ended

    def pass_over(self, count: int) -> None:
        self.offset = min(self.offset + self._bytes_of(self._window[self._at : self._at + count]), self._size)
        self._at += count

    def _bytes_of(self, text: str) -> int:
        return len(text) if self._plain and text.isascii() else len(text.encode(self.encoding, self._errors))

    def skip_space(self, *, marks: bool = False) -> str:
        """Pass over white space, and with `marks` over record separators; the next character, or "" at the end."""
        space = _SPACE_AND_MARK if marks else _SPACE
        passed = "\n" if not self._at and not self._window else ""  # the file begins with a line
        while True:
            match = space.match(self._window, self._at)
            end = match.end() if match else self._at
            passed = (passed + self._window[self._at : end])[-1000:]
            self.pass_over(end - self._at)
            if self._at < len(self._window) or not self.more():
                break
        line = passed.rpartition("\n")
        self.indent = line[2] if line[1] else None
        return self._window[self._at : self._at + 1]

    def following(self, distance: int) -> str:
        """The first character that is no space, at `distance` characters or more from here."""
        while True:
            match = _SPACE.match(self._window, self._at + distance)
            end = match.end() if match else self._at + distance
            if end < len(self._window) or end - self._at > LONGEST_RECORD or not self.more():
                return self._window[end : end + 1]

    def value(self, longest: int = LONGEST_RECORD) -> tuple[object, int]:
        """The JSON value that begins here and its length in characters; nothing is passed over. Raises `NotJson`."""
        size = _BLOCK
        while True:
            try:
                value, end = decoder.raw_decode(self._window, self._at)
            except json.JSONDecodeError as error:
                cut = error.msg.startswith("Unterminated") or error.pos >= len(self._window) - _NEAR
                problem = f"{plain(error.msg)}, {error.pos - self._at} characters into it"
            except RecursionError:
                raise too_deep() from None
            else:
                # A number may go on behind the window.
                if end < len(self._window) or self._ended:
                    return value, end - self._at
                cut, problem = True, ""
            if self._ended or not cut:
                raise NotJson(problem)
            if len(self._window) - self._at > longest:
                raise NotJson(f"it is longer than {longest:,} characters", "too-long")
            self.more(size)
            size *= 2

    def text(self, count: int) -> str:
        """The next characters, as many as are kept of a refused record. For people: `shown`."""
        return self._window[self._at : self._at + min(count, LONGEST_RAW + 1)]

    def shown(self, text: str, length: int) -> str:
        """So many bytes of `text` for people: what could not be decoded is written \\xNN."""
        if text.isascii() and self._plain:
            return text[:length]
        return text.encode(self.encoding, self._errors)[:length].decode(self.encoding, "backslashreplace")

    def spoilt(self, count: int) -> bool:
        """Whether the next characters hold some that could not be decoded."""
        found = self._window[self._at : self._at + count]
        if found.isascii():
            return False
        try:
            found.encode()
        except UnicodeEncodeError:
            return True
        return False

    def pass_value(self) -> Iterator[bool]:
        """Pass over the object, array or string that begins here, however long, without reading it.

        Yields now and then so that a person can stop, False; True once its end is passed. Ends without True where the
        text ends before.
        """
        depth, string = 0, False
        while True:
            window = self._window
            end = self._at
            while end < len(window):
                if string:
                    match = _IN_STRING.match(window, end)
                    end = match.end() if match else end
                    if end >= len(window) or window[end] == "\\":
                        break
                    end, string = end + 1, False
                else:
                    found = _SPECIAL.search(window, end)
                    if found is None:
                        end = len(window)
                        break
                    end = found.end()
                    string = found[0] == '"'
                    depth += (found[0] in "[{") - (found[0] in "]}")
                if not string and depth <= 0:
                    self.pass_over(end - self._at)
                    yield True
                    return
            self.pass_over(end - self._at)
            if not self.more():
                self.pass_over(len(self._window) - self._at)
                return
            yield False

    def pass_to_line(self, indent: str) -> Iterator[int | None]:
        """Pass over text up to the next line that begins with `indent` and “{”, or to the next record separator.

        Yields None now and then; once there, how many bytes of white space were passed over last. Ends without a
        number at the end of the text, having passed over all of it.
        """
        wanted = re.compile(rf"\r?\n{re.escape(indent)}(?=\{{)|\r?\n?\x1e")
        start = self._at + 1
        while True:
            if found := wanted.search(self._window, start):
                self.pass_over(found.end() - self._at)
                self.indent = indent
                yield self._bytes_of(found[0])
                return
            # What the window cuts may begin a line.
            keep = max(self._at, len(self._window) - len(indent) - 3)
            self.pass_over(keep - self._at)
            if not self.more():
                self.pass_over(len(self._window) - self._at)
                return
            start = self._at
            yield None

    def rest_from(self, start: int) -> int:
        """How many bytes the file has from there on."""
        return self._size - start

    def head(self) -> str:
        """What follows, as much of it as is kept of a refused record."""
        while len(self._window) - self._at <= LONGEST_RAW and self.more():
            pass
        return self.text(LONGEST_RAW + 1)
