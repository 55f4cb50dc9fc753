"""Asking time stamp services: dead, confused, slow, or not to be trusted with an answer; none of it stops a sealing."""

from __future__ import annotations

import ast
import hashlib
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from authorities import Authority
from programs import needs
from stampmaker import StampMaker, check_stamp, serving, trickling

from casebound_packaging.timeservices import MOST, NoStamp, TimeServices, address_problem, exchange, request_stamp

pytestmark = needs("openssl")
DATA = b"a seal"
DIGEST = hashlib.sha256(DATA).digest()


@pytest.fixture(scope="module")
def maker(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> StampMaker:
    return StampMaker.create(tmp_path_factory.mktemp("tsa"), authority)


@pytest.fixture
def dead() -> Iterator[str]:
    """An address at which nobody listens, and nobody can begin to."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}/"


def test_a_service_that_answers(maker: StampMaker, authority: Authority) -> None:
    with serving(maker.reply) as url:
        assert check_stamp(request_stamp(url, DIGEST)[0], DATA, [authority.certificate])


# ------------------------------------------------------------------ what can go wrong


@pytest.mark.parametrize("body", [b"", b"<html>", b"\x30\x03\x02\x01\x02", b"\x30\x80" * 9])
def test_a_confused_service_is_told_as_no_stamp(body: bytes) -> None:
    with serving(body) as url, pytest.raises(NoStamp, match="not a time stamp response") as caught:
        request_stamp(url, DIGEST)
    assert "127.0.0.1" in caught.value.title
    assert "signer's own clock" in caught.value.meaning


def test_an_answer_without_end_is_cut_off() -> None:
    with serving(b"x" * 300_000) as url, pytest.raises(NoStamp, match="far too long"):
        request_stamp(url, DIGEST)


def test_the_answer_to_another_question_is_no_stamp(maker: StampMaker) -> None:
    with serving(maker.stamp(b"other data")) as url, pytest.raises(NoStamp, match="over other bytes"):
        request_stamp(url, DIGEST)
    with serving(maker.stamp(DATA)) as url, pytest.raises(NoStamp, match="belongs to another question"):
        request_stamp(url, DIGEST)


def test_a_service_that_refuses_is_told_with_its_reason(maker: StampMaker) -> None:
    with serving(lambda query: maker.reply(query[:-1])) as url, pytest.raises(NoStamp, match="the service refused"):
        request_stamp(url, DIGEST)
    with serving(b"", status=503) as url, pytest.raises(NoStamp, match="it answered 503 Service Unavailable"):
        request_stamp(url, DIGEST)


def test_nobody_is_asked_but_who_was_named(maker: StampMaker) -> None:
    asked: list[bytes] = []

    def reply(query: bytes) -> bytes:
        asked.append(query)
        return maker.reply(query)

    with serving(reply) as other:
        for status in (301, 302, 307, 308):
            with (
                serving(b"", status=status, headers=(("Location", other),)) as url,
                pytest.raises(NoStamp, match=f"it answered {status}"),
            ):
                request_stamp(url, DIGEST)
    assert asked == []


def test_a_dead_service_is_no_stamp(dead: str) -> None:
    with pytest.raises(NoStamp, match="No time stamp was had from 127"):
        request_stamp(dead, DIGEST)


@pytest.mark.parametrize("heads", [True, False], ids=["head", "body"])
def test_a_trickle_of_bytes_ends_with_the_time_limit(heads: bool) -> None:
    with trickling(heads=heads) as url, pytest.raises(NoStamp, match="no whole answer within"):
        request_stamp(url, DIGEST, limit=0.2)


def test_waiting_can_be_stopped_at_once() -> None:
    class Stopped(Exception):
        pass

    def stop(done: int, total: int, note: str = "") -> None:
        raise Stopped(note)

    began = time.monotonic()
    with trickling() as url, pytest.raises(Stopped, match=r"Asking 127\.0\.0\.1 for a time stamp"):
        exchange(url, b"query", limit=600, watch=stop)
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("", "begins neither"),
        ("file:///etc/passwd", "begins neither"),
        ("ftp://example.org/", "begins neither"),
        ("tsa.example.org", "begins neither"),
        ("http://", "names no computer"),
        ("http://[::1", "cannot be read"),
        ("http://tsa.example:port/", "cannot be read"),
        ("http://tsa.example/a b", "names no computer"),
        ("http://tsa.example/\r\nHost: other", "names no computer"),
        ("https://mary:secret@tsa.example/", "a name or a password"),
    ],
)
def test_an_address_that_is_none_is_no_stamp(url: str, problem: str) -> None:
    assert problem in address_problem(url)
    with pytest.raises(NoStamp, match=problem) as caught:
        request_stamp(url, DIGEST)
    assert "secret" not in caught.value.paragraph()


# ------------------------------------------------------------------ several


def test_services_are_asked_in_turn_and_each_failure_is_told(
    maker: StampMaker, authority: Authority, dead: str
) -> None:
    with ExitStack() as stack:
        confused, late = stack.enter_context(serving(b"<html>")), stack.enter_context(trickling())
        good = stack.enter_context(serving(maker.reply))
        services = TimeServices([dead, confused, late, good], limit=0.2)
        answer = services.ask(DATA)
    assert answer is not None and check_stamp(answer, DATA, [authority.certificate])
    assert len(services.failures) == 3
    assert all(word in told for word, told in zip(("refused", "response", "answer"), services.failures, strict=True))
    assert services.unstamped == ""
    assert services.told[:3] == tuple(services.failures)
    assert services.told[3].startswith("Time stamped by Example Time Stamps on ")


def test_a_service_that_failed_is_not_asked_again(maker: StampMaker, dead: str) -> None:
    asked: list[bytes] = []

    def confused(query: bytes) -> bytes:
        asked.append(query)
        return b""

    with serving(confused) as first, serving(maker.reply) as second:
        services = TimeServices([first, second])
        assert services.ask(DATA) and services.ask(b"more") and services.ask(b"yet more")
    assert len(asked) == 1 and len(services.failures) == 1


def test_where_nobody_answers_that_is_said_once(dead: str) -> None:
    services = TimeServices([dead, dead, "ftp://tsa.example/"])
    assert services.ask(DATA) is None and services.ask(DATA) is None
    assert len(services.failures) == 2
    assert "127.0.0.1" in services.unstamped and "tsa.example" in services.unstamped
    assert services.unstamped.count("A stamp can be asked for later") == 1


def test_without_services_nobody_is_asked() -> None:
    services = TimeServices()
    assert not services and services.ask(DATA) is None
    assert (services.unstamped, services.told) == ("", ())
    assert len(TimeServices([f"https://{number}.example/" for number in range(20)]).urls) == MOST


# ------------------------------------------------------------------ nowhere else


ROOT = Path(__file__).parents[2]
NETWORK = {"aiohttp", "ftplib", "http.client", "imaplib", "requests", "smtplib", "socket", "urllib.request", "urllib3"}


def test_no_other_module_can_use_a_network() -> None:
    found = set()
    for path in (path for root in ("app", "ui", "packaging", "exporters") for path in (ROOT / root).rglob("*.py")):
        text = path.read_text("utf-8")
        for node in ast.walk(ast.parse(text)) if any(name in text for name in (*NETWORK, "requests_client")) else ():
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
            if any(name in NETWORK or "requests_client" in name for name in names):
                found.add(path.name)
    assert found == {"timeservices.py", "change.py"}, "the second only asks what this machine is called"
