"""Asking time stamp services, one after the other. The only module that uses a network, and only for what was named.

Sealing never depends on it: whoever asks goes on without a stamp, and says so. A service gets one time limit for its
whole answer, however slowly it sends, and the person can stop the waiting at any moment.
"""

from __future__ import annotations

import hashlib
import http.client
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

from casebound_packaging.errors import CaseboundError
from casebound_packaging.stamp import LARGEST, BadStamp, Stamp, plain, query, read_stamp

TIME_LIMIT: Final = 10.0  # seconds for one service, from the question to the end of its answer
MOST: Final = 8
_LOOK: Final = 0.05  # seconds between two looks at whether somebody wants to stop

Watch = Callable[[int, int, str], None]


class NoStamp(CaseboundError):
    """The time stamp service gave no usable stamp. The work can go on without one."""


def _unwatched(done: int, total: int, note: str = "") -> None:
    """A progress that nobody watches."""


class TimeServices:
    """Services in the order in which they are asked, for the length of one piece of work.

    One that failed is not asked again, so that a dead service costs its time limit once. `failures` tells each failure
    in one sentence, in the order in which they happened. `last` is the last stamp that was had.
    """

    def __init__(self, urls: Sequence[str] = (), *, limit: float = TIME_LIMIT) -> None:
        self.urls = tuple(dict.fromkeys(urls))[:MOST]
        self.failures: list[str] = []
        self.last: Stamp | None = None
        self._limit = limit
        self._left = list(self.urls)

    def __bool__(self) -> bool:
        return bool(self.urls)

    def ask(self, data: bytes, watch: Watch = _unwatched) -> bytes | None:
        """The first usable answer (TimeStampResp, DER) over `data`, or None. Raises what `watch` raises to stop."""
        return self.ask_digest(hashlib.sha256(data).digest(), watch)

    def ask_digest(self, digest: bytes, watch: Watch = _unwatched) -> bytes | None:
        """The same, over bytes with this SHA-256 digest."""
        while self._left:
            try:
                answer, self.last = request_stamp(self._left[0], digest, limit=self._limit, watch=watch)
            except NoStamp as fault:
                self.failures.append(fault.title)
                del self._left[0]
            else:
                return answer
        return None

    @property
    def told(self) -> tuple[str, ...]:
        """What came of asking, in sentences: each failure, the last stamp, or what can still be done."""
        if not self.failures and self.last is None:
            return ()
        if self.last is not None and self._left:
            stamp = f"Time stamped by {plain(self.last.service)} on {self.last.moment:%Y-%m-%d %H:%M:%S} UTC."
            return (*self.failures, stamp)
        fault = no_stamp_from("")
        return (*self.failures, fault.meaning, fault.hint)

    @property
    def unstamped(self) -> str:
        """Why there is no stamp, for a person; empty where nobody was asked or somebody is left to ask."""
        if self._left or not self.failures:
            return ""
        return no_stamp_from(" ".join(self.failures)).paragraph()


def request_stamp(
    url: str, digest: bytes, *, limit: float = TIME_LIMIT, watch: Watch = _unwatched
) -> tuple[bytes, Stamp]:
    """The service's whole answer (TimeStampResp, DER) over bytes with this SHA-256 digest, and the stamp in it.

    The answer is checked to be whole, over this digest and with our nonce; whom to trust is for the recipient to say.
    Raises `NoStamp`, and what `watch` raises to stop.
    """
    asked, nonce = query(digest)
    answer = exchange(url, asked, limit=limit, watch=watch)
    try:
        stamp = read_stamp(answer)
        stamp.require_imprint(digest)
    except BadStamp as fault:
        raise _no_stamp(url, str(fault)) from None
    if stamp.nonce != nonce:
        raise _no_stamp(url, "its answer belongs to another question")
    return answer, stamp


def exchange(url: str, asked: bytes, *, limit: float = TIME_LIMIT, watch: Watch = _unwatched) -> bytes:
    """What the service sends back to one query, unread. Raises `NoStamp`, and what `watch` raises to stop."""
    problem = address_problem(url)
    if problem:
        raise _no_stamp(url, problem)
    call = _Call(url, asked, limit)
    end = time.monotonic() + limit
    threading.Thread(target=call.run, name="time stamp", daemon=True).start()
    try:
        while not call.ended.wait(min(_LOOK, limit)):
            watch(0, 0, f"Asking {_host(url)} for a time stamp")
            if time.monotonic() >= end:
                raise _no_stamp(url, f"it gave no whole answer within {limit:.0f} seconds")
    finally:
        call.abandon()
    if call.problem:
        raise _no_stamp(url, call.problem)
    return call.answer


def address_problem(url: str) -> str:
    """Why this cannot be the address of a service, as a clause; empty where it can."""
    try:
        parts = urllib.parse.urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "its address cannot be read"
    if parts.scheme.lower() not in ("http", "https"):
        return "its address begins neither with http:// nor with https://"
    if not host or any(letter <= " " or letter == "\x7f" for letter in url):
        return "its address names no computer"
    if parts.username is not None or parts.password is not None:
        return "its address has a name or a password in it, which could be read by others"
    return ""


def no_stamp_from(told: str) -> NoStamp:
    """The same for a person, where every service failed; `told` is a sentence for each."""
    return NoStamp(
        told,
        "A stamp can be asked for later, and kept beside the package.",
        meaning="Without one, only the signer's own clock says when the package was sealed.",
    )


class _Call:
    """One question on its own thread: neither the search for a name nor a trickle of bytes can hold up the asker."""

    def __init__(self, url: str, asked: bytes, limit: float) -> None:
        self.answer = b""
        self.problem = ""
        self.ended = threading.Event()
        self._url, self._asked, self._limit = url, asked, limit
        self._abandoned = False
        self._line: http.client.HTTPConnection | None = None

    def run(self) -> None:
        try:
            self.answer = self._post()
            if len(self.answer) > LARGEST:
                self.problem = "its answer is far too long"
        except urllib.error.HTTPError as fault:
            self.problem = f"it answered {fault.code} {plain(str(fault.reason), 60)}".rstrip()
            fault.close()
        except (OSError, http.client.HTTPException, ValueError) as fault:
            self.problem = _words(fault)
        except Exception as fault:  # noqa: BLE001 - nobody else would hear of it
            self.problem = type(fault).__name__
        finally:
            self.ended.set()

    def abandon(self) -> None:
        """Wake the thread if it still waits for bytes, so that it ends."""
        self._abandoned = True
        line = None if self.ended.is_set() else self._line
        sock = line.sock if line is not None else None
        if sock is not None:
            with suppress(OSError):
                sock.shutdown(2)

    def _post(self) -> bytes:
        headers = {
            "Content-Type": "application/timestamp-query",
            "Accept": "application/timestamp-reply",
            "User-Agent": "casebound",
        }
        post = urllib.request.Request(self._url, self._asked, headers)  # noqa: S310 - `address_problem` looked at it
        opener = urllib.request.OpenerDirector()
        # No handler follows a redirection: no other computer is asked than the one that was named.
        for handler in (
            urllib.request.ProxyHandler(),
            urllib.request.UnknownHandler(),
            urllib.request.HTTPDefaultErrorHandler(),
            urllib.request.HTTPErrorProcessor(),
            _Plain(self),
            _Secure(self),
        ):
            opener.add_handler(handler)
        with opener.open(post, timeout=self._limit) as answer:
            body: bytes = answer.read(LARGEST + 1)
        return body

    def connected(self, line: http.client.HTTPConnection) -> None:
        """Hold the line, so that it can be cut; one that stands only after nobody waits any more is cut at once."""
        self._line = line
        if self._abandoned:
            line.close()
            raise TimeoutError("nobody waits any more")


def _opened(call: _Call, line: type[http.client.HTTPConnection]) -> Callable[..., http.client.HTTPConnection]:
    """Makes lines of this kind that the call holds as soon as they are connected."""

    class Held(line):  # type: ignore[valid-type, misc]
        def connect(self) -> None:
            super().connect()
            call.connected(self)

    return Held


class _Plain(urllib.request.HTTPHandler):
    def __init__(self, call: _Call) -> None:
        super().__init__()
        self._call = call

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_opened(self._call, http.client.HTTPConnection), req)


class _Secure(urllib.request.HTTPSHandler):
    def __init__(self, call: _Call) -> None:
        super().__init__()
        self._call = call

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_opened(self._call, http.client.HTTPSConnection), req)


def _words(fault: Exception) -> str:
    """What the system says, without its numbers."""
    inner = getattr(fault, "reason", None) or fault
    said = inner.strerror if isinstance(inner, OSError) and inner.strerror else str(inner)
    return plain(str(said)) or type(fault).__name__


def _host(url: str) -> str:
    try:
        return plain(urllib.parse.urlsplit(url).hostname or "", 60) or "the time stamp service"
    except ValueError:
        return "the time stamp service"


def _no_stamp(url: str, reason: str) -> NoStamp:
    return no_stamp_from(f"No time stamp was had from {_host(url)}: {reason}.")
