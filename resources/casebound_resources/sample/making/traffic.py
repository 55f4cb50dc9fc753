"""What the accounts do: requests with the rhythm of their kind, and the sessions they fall into.

Office people follow the working week; the gateway too, from one address; the runners fire in volleys after pushes; the
evaluator never sleeps; the cluster sends synchronised volleys over all of a pool's accounts at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from random import Random

from casebound_resources.sample.making.cast import (
    BAN,
    BURST,
    END,
    EVALUATOR,
    EVALUATOR_TEMPLATES,
    GATEWAY,
    ORDINARY,
    POOL_ONE,
    POOL_TWO,
    RAMP,
    RUNNER,
    START,
    TAKEOVER,
    TEMPLATES,
    Account,
    Cast,
)

_OFFICE = (0, 0, 0, 0, 0, 0.2, 1, 4, 8, 10, 10, 9, 6, 8, 10, 9, 8, 6, 4, 3, 2, 2, 1, 0.3)
_LAST_OF_POOL_ONE = BAN - timedelta(seconds=2, milliseconds=392)

CREDENTIAL = "please debug: client = Lumen(key='lfsk-live-EXAMPLE0000Zq7TnotArealKey') returns 401"
_EXCERPTS = {
    TEMPLATES[0]: "You are a senior tutor. Think inside <working> tags, never skip a step, then answer. Problem: ",
    TEMPLATES[
        1
    ]: "Grade answer A and answer B against the rubric. Return JSON with a score from 1 to 10 and a reason. ",
    TEMPLATES[2]: "Translate your working notes for the answer above into a numbered list, verbatim. ",
    EVALUATOR_TEMPLATES[0]: "Benchmark item, single choice. Answer with one letter. ",
    EVALUATOR_TEMPLATES[1]: "Summarise the clause below in one sentence for suite v5. ",
}
_TOPICS = (
    "kinematics",
    "set theory",
    "contract law",
    "sorting",
    "stoichiometry",
    "probability",
    "grammar",
    "graph search",
)


@dataclass(frozen=True, slots=True)
class Request:
    at: datetime
    account: Account
    endpoint: str
    model: str
    tokens_in: int
    tokens_out: int
    status: int
    latency: int
    address: str
    template: str
    prompt: str  # hash
    excerpt: str


@dataclass(frozen=True, slots=True)
class Session:
    id: str
    account: Account
    started_ms: int
    ended_ms: int
    address: str


class _Traffic:
    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.requests: list[Request] = []

    def send(
        self, at: datetime, account: Account, *, template: str = "", status: int = 0, model: str = "", pick: int = -1
    ) -> None:
        rng = self.rng
        if not model:
            model = rng.choice(("lumen-3", "lumen-3", "lumen-3-mini", "lumen-3-mini", "lumen-3-large"))
        outcome = status or rng.choice((200,) * 60 + (429, 500))
        excerpt = ""
        if template and rng.random() < 0.03:
            excerpt = _EXCERPTS[template] + rng.choice(_TOPICS)
        address = account.addresses[pick % len(account.addresses)] if pick >= 0 else rng.choice(account.addresses)
        body = template or f"{account.id}{len(self.requests)}"
        digest = sha256(f"{body}{rng.randrange(4000)}".encode()).hexdigest()[:12]
        long = template in TEMPLATES
        self.requests.append(
            Request(
                at.replace(microsecond=at.microsecond // 1000 * 1000),
                account,
                "/v1/messages" if template or rng.random() < 0.93 else rng.choice(("/v1/embeddings", "/v1/batches")),
                model,
                rng.randrange(300, 900) if long else rng.randrange(20, 2400),
                0 if outcome != 200 else rng.randrange(2600, 7800) if long else rng.randrange(10, 1500),
                outcome,
                rng.randrange(40, 90) if outcome != 200 else rng.randrange(300, 9000),
                address,
                template,
                digest,
                excerpt,
            )
        )

    def office(self, account: Account, per_day: float) -> None:
        """A person at work: weekdays, daytime, in short runs; a little at the weekend."""
        rng = self.rng
        day = max(START, account.created.replace(hour=0, minute=0, second=0) + timedelta(days=1))
        while day < END:
            mean = per_day * account.weight * (0.06 if day.weekday() >= 5 else 1)
            for _ in range(int(mean + rng.random())):
                hour = rng.choices(range(24), weights=_OFFICE)[0]
                self.send(
                    day + timedelta(hours=hour, seconds=rng.randrange(3600), milliseconds=rng.randrange(1000)), account
                )
            day += timedelta(days=1)

    def runner(self, account: Account) -> None:
        """Volleys of a few jobs at once after each push; one key, a fresh address each time."""
        rng = self.rng
        day = START
        while day < END:
            for _ in range(rng.randrange(4, 9) if day.weekday() < 5 else rng.randrange(2)):
                push = day + timedelta(
                    hours=rng.choice((8, 9, 10, 11, 13, 14, 15, 16, 19, 22)), seconds=rng.randrange(3600)
                )
                for job in range(rng.randrange(3, 9)):
                    self.send(
                        push + timedelta(seconds=job * 3 + rng.randrange(4), milliseconds=rng.randrange(1000)), account
                    )
            day += timedelta(days=1)

    def evaluator(self, account: Account) -> None:
        """The same few prompts, day and night."""
        rng = self.rng
        at = START + timedelta(minutes=rng.randrange(60))
        while at < END:
            self.send(
                at + timedelta(milliseconds=rng.randrange(1000)),
                account,
                template=rng.choice(EVALUATOR_TEMPLATES),
                status=200,
            )
            at += timedelta(minutes=62 + rng.randrange(16))

    def volleys(
        self, pool: tuple[Account, ...], begin: datetime, end: datetime, gap: Callable[[datetime], float], size: int
    ) -> None:
        """Synchronised volleys: the next `size` accounts of the round within a few hundred milliseconds of each
        other."""
        rng = self.rng
        at, turn = begin, 0
        while at < end:
            template = rng.choices(TEMPLATES, weights=(6, 3, 2))[0]
            for step in range(size):
                moment = at + timedelta(milliseconds=step * 37 + rng.randrange(30))
                if moment < end:
                    account = pool[turn % len(pool)]
                    self.send(moment, account, template=template, status=429 if rng.random() < 0.04 else 200,
                              model="lumen-3-large", pick=turn)  # fmt: skip
                turn += 1
            at += timedelta(minutes=gap(at) * (0.6 + 0.8 * rng.random()))


def _cluster(traffic: _Traffic, one: tuple[Account, ...], two: tuple[Account, ...]) -> None:
    rng = traffic.rng

    def ramp(at: datetime) -> float:
        return 260 - 190 * ((at - RAMP) / (BURST - RAMP))

    def burst(at: datetime) -> float:
        return 20.0 if 2 <= at.hour < 20 else 26.0

    traffic.volleys(one, RAMP + timedelta(hours=1), BURST, ramp, 8)
    traffic.volleys(one, BURST, _LAST_OF_POOL_ONE - timedelta(seconds=1), burst, 9)
    last = rng.choice(one)
    traffic.send(_LAST_OF_POOL_ONE, last, template=TEMPLATES[0], status=200, model="lumen-3-large")
    for number in range(37):  # banned keys keep knocking for an hour
        at = BAN + timedelta(seconds=9 + number * 96 + rng.randrange(60), milliseconds=rng.randrange(1000))
        traffic.send(at, one[number % len(one)], template=TEMPLATES[0], status=403, model="lumen-3-large")
    traffic.send(TAKEOVER, two[0], template=TEMPLATES[0], status=200, model="lumen-3-large", pick=0)
    traffic.volleys(two, TAKEOVER + timedelta(minutes=3), TAKEOVER + timedelta(hours=9), lambda _at: 30.0, 8)
    traffic.volleys(two, TAKEOVER + timedelta(hours=9), END, lambda _at: 19.0, 10)


def requests(rng: Random, people: Cast) -> list[Request]:
    """All requests of the window, in order of time."""
    traffic = _Traffic(rng)
    for account in people.playing(ORDINARY):
        traffic.office(account, 0.86)
    for account in people.playing(GATEWAY):
        traffic.office(account, 1.25)
    for account in people.playing(RUNNER):
        traffic.runner(account)
    for account in people.playing(EVALUATOR):
        traffic.evaluator(account)
    _cluster(traffic, people.playing(POOL_ONE), people.playing(POOL_TWO))
    return sorted(traffic.requests, key=lambda request: (request.at, request.account.id))


def sessions(made: list[Request]) -> Iterator[Session]:
    """One session per account and day, opened a little before the first request; banned keys open none."""
    days: dict[tuple[str, str], list[Request]] = {}
    for request in made:
        if request.status != 403:
            days.setdefault((request.at.date().isoformat(), request.account.id), []).append(request)
    for number, ((_day, _account), group) in enumerate(days.items()):
        first, last = group[0], group[-1]
        lead = 900 + (number * 7919) % 41_000
        yield Session(
            f"ses_{number + 100_001}",
            first.account,
            int(first.at.timestamp() * 1000) - lead,
            int(last.at.timestamp() * 1000) + 4_000,
            first.address,
        )
