"""Who there is: invented organisations and accounts, the cluster of two pools, and the benign twins beside it.

Addresses come from RFC 5737 and RFC 3849 only, mail domains end in `.example`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

LAUNCH = datetime(2026, 7, 13, 6, 0, tzinfo=UTC)  # the provider's public launch: no account is older
START = datetime(2026, 8, 1, tzinfo=UTC)  # first day of the request export
END = datetime(2026, 10, 5, tzinfo=UTC)  # exclusive
RAMP = datetime(2026, 9, 7, tzinfo=UTC)
BURST = datetime(2026, 9, 21, tzinfo=UTC)
BAN = datetime(2026, 9, 30, 14, 5, 12, tzinfo=UTC)
TAKEOVER = datetime(2026, 9, 30, 17, 41, 33, 208_000, tzinfo=UTC)

ORDINARY, GATEWAY, RUNNER, EVALUATOR, POOL_ONE, POOL_TWO = "ordinary", "gateway", "runner", "evaluator", "one", "two"
GATEWAY_ADDRESS = "192.0.2.44"
TEMPLATES = ("tc_0417", "tc_0418", "tc_0433")
EVALUATOR_TEMPLATES = ("tc_0102", "tc_0103")
SHARED_CARDS = ("pf_5b1e90c2d7", "pf_c04477ae19", "pf_91d2e6bb03")  # one: pool one; two: both pools; three: pool two

_FIRST = (  # noqa: SIM905
    "Amara Bram Chioma Dario Edda Farid Greta Hana Ilse Jonas Kaito Leila Milo Nadia Otis Petra Quinn Rosa "
    "Soren Tomas Uma Viktor Wren Ximena Yara Zoltan Ada Bela Cleo Dilan Esme Femi Gita Hugo Ines Jun"
).split()
_LAST = (  # noqa: SIM905
    "Abara Blum Castell Dogan Eklund Ferro Grahn Haile Ibsen Jansen Kovac Lind Marek Novak Okafor Pryce Quist "
    "Rahimi Sato Tamm Ueda Varga Weiss Xu Yilmaz Zeller Brandt Cole Duarte Endo Fischer Gallo Holt Ito Juhasz "
    "Keita"
).split()
_FIRM = (  # noqa: SIM905
    "Alder Birch Cobalt Drift Ember Fennel Granite Harrow Indigo Juniper Kelp Larch Maple Nettle Ochre Pine "
    "Quartz Rowan Sable Thistle Umber Vetch Willow Yarrow Zephyr Anchor Beacon Cedar Delta Elm"
).split()
_TRADE = (  # noqa: SIM905
    "Analytics Bakery Clinic Design Energy Freight Gardens Health Instruments Labs Media Optics Press School Tools"
).split()
_COUNTRIES = ("DE", "FR", "GB", "US", "NL", "SE", "PL", "ES", "IT", "JP", "BR", "CA", "IN", "KE", "AU")


@dataclass(frozen=True, slots=True)
class Organization:
    id: str
    name: str
    legal_name: str
    country: str
    plan: str
    seats: int
    created: datetime
    status: str = "active"


@dataclass(frozen=True, slots=True)
class Account:
    id: str
    organization: str
    role: str  # which part it plays; in no export
    name: str
    email: str
    country: str
    created: datetime
    addresses: tuple[str, ...]
    key: str
    user_agent: str
    card: str
    reference: str  # 18 digits that a spreadsheet would round
    weight: float  # how busy


@dataclass(frozen=True, slots=True)
class Cast:
    organizations: tuple[Organization, ...]
    accounts: tuple[Account, ...]

    def playing(self, *roles: str) -> tuple[Account, ...]:
        return tuple(account for account in self.accounts if account.role in roles)


class _Casting:
    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.organizations: list[Organization] = []
        self.accounts: list[Account] = []
        self._numbers = rng.sample(range(10_000, 99_000), 900)
        self._firms = [f"{first} {trade}" for first in _FIRM for trade in _TRADE]
        rng.shuffle(self._firms)

    def organization(self, name: str, plan: str, seats: int, created: datetime, country: str = "") -> str:
        identity = f"org_{len(self.organizations) + 101:04d}"
        place = country or self.rng.choice(_COUNTRIES)
        suffix = {"DE": "GmbH", "FR": "SAS", "GB": "Ltd", "US": "Inc.", "NL": "B.V.", "SE": "AB"}.get(place, "Co.")
        self.organizations.append(Organization(identity, name, f"{name} {suffix}", place, plan, seats, created))
        return identity

    def firm(self) -> str:
        return self._firms.pop()

    def account(
        self, organization: str, role: str, created: datetime, addresses: tuple[str, ...], agent: str, card: str,
        domain: str, weight: float = 1.0,
    ) -> None:  # fmt: skip
        rng = self.rng
        name = f"{rng.choice(_FIRST)} {rng.choice(_LAST)}"
        number = self._numbers.pop()
        first, last = name.lower().split()
        self.accounts.append(
            Account(
                f"acc_{number}",
                organization,
                role,
                name,
                f"{first}.{last}{number % 97}@{domain}",
                rng.choice(_COUNTRIES),
                created,
                addresses,
                f"key_{rng.randrange(16**7):07x}",
                agent,
                card,
                str(rng.randrange(10**17, 10**18)),
                weight,
            )
        )


def _ordinary_address(rng: Random) -> str:
    kind = rng.random()
    if kind < 0.25:
        return f"2001:db8:{rng.randrange(0x10, 0xFFFF):x}::{rng.randrange(1, 0xFFFF):x}"
    if kind < 0.6:
        return f"198.51.100.{rng.randrange(2, 120)}"
    return f"192.0.2.{rng.randrange(60, 250)}"


def _working_hour(rng: Random, earliest: datetime, latest: datetime) -> datetime:
    """A moment on a weekday between seven and nineteen o'clock UTC."""
    days = (latest - earliest).days
    while True:
        day = earliest + timedelta(days=rng.randrange(days))
        if day.weekday() < 5:
            return day.replace(
                hour=rng.randrange(7, 19), minute=rng.randrange(60), second=rng.randrange(60), microsecond=0
            )


def _agents(rng: Random) -> str:
    return rng.choice(
        ("lumen-py/2.4.1", "lumen-py/2.3.0", "lumen-js/1.9.2", "console/3.1", "console/3.1", "console/3.2", "curl/8.9")
    )


def _ordinary(casting: _Casting) -> None:
    rng = casting.rng
    remaining = 330
    while remaining > 0:
        size = min(remaining, rng.choice((1, 1, 1, 2, 3, 4, 6, 9, 14)))
        remaining -= size
        name = casting.firm()
        created = _working_hour(rng, LAUNCH, LAUNCH + timedelta(days=60))
        plan = "team" if size > 2 else rng.choice(("individual", "individual", "pro"))
        organization = casting.organization(name, plan, size + rng.randrange(3), created)
        domain = f"{name.split()[0].lower()}-{name.split()[1].lower()}.example"
        card = f"pf_{rng.randrange(16**10):010x}"
        office = (_ordinary_address(rng),)
        for _ in range(size):
            joined = created + timedelta(minutes=rng.randrange(20, 9000))
            own = (*office, _ordinary_address(rng)) if rng.random() < 0.5 else office
            casting.account(
                organization, ORDINARY, joined, own, _agents(rng), card, domain, rng.choice((0.3, 0.6, 1, 1, 1.4, 2.6))
            )


def _benign_twins(casting: _Casting) -> None:
    """What looks like the cluster and is not."""
    rng = casting.rng
    northwick = casting.organization("Northwick Assurance", "enterprise", 60, LAUNCH + timedelta(days=2, hours=3), "GB")
    for _ in range(40):  # many people, one address
        joined = _working_hour(rng, LAUNCH + timedelta(days=3), LAUNCH + timedelta(days=14))
        casting.account(
            northwick, GATEWAY, joined, (GATEWAY_ADDRESS,), "console/3.1", "pf_3300aa71c5", "northwick.example", 1.2
        )
    pellworm = casting.organization("Pellworm Devices", "team", 12, LAUNCH + timedelta(days=6, hours=2), "DE")
    runners = tuple(f"2001:db8:c1c1:{number:x}::10" for number in range(1, 65))
    casting.account(  # one key, many addresses
        pellworm,
        RUNNER,
        LAUNCH + timedelta(days=6, hours=4),
        runners,
        "ci-runner/0.14",
        "pf_7745fe0912",
        "pellworm.example",
    )
    tallgrass = casting.organization("Tallgrass Evaluation", "pro", 3, LAUNCH + timedelta(days=9, hours=8), "CA")
    for last in (17, 18):  # templated prompts, day and night
        casting.account(
            tallgrass,
            EVALUATOR,
            LAUNCH + timedelta(days=9, hours=9),
            (f"198.51.100.{last}",),
            "evalrig/5.0",
            "pf_19c6d2ab44",
            "tallgrass.example",
        )


def _pools(casting: _Casting) -> None:
    """Sixty accounts of one operator. The second pool is registered weeks before it is needed, and sleeps."""
    rng = casting.rng
    plans = (
        (POOL_ONE, 34, datetime(2026, 8, 24, 1, 10, tzinfo=UTC), [f"203.0.113.{last}" for last in range(20, 32)]),
        (POOL_TWO, 26, datetime(2026, 9, 10, 2, 40, tzinfo=UTC), [f"198.51.100.{last}" for last in range(200, 210)]),
    )
    for role, size, begin, addresses in plans:
        made = begin
        organization = ""
        for index in range(size):
            made += timedelta(seconds=rng.randrange(70, 260)) if index % 6 else timedelta(hours=rng.randrange(9, 30))
            if index % 6 == 0:
                organization = casting.organization(
                    casting.firm(), "pro", 6, made - timedelta(minutes=rng.randrange(4, 15))
                )
            if role == POOL_ONE:
                card = SHARED_CARDS[0] if index < 22 else SHARED_CARDS[1]
            else:
                card = SHARED_CARDS[1] if index < 9 else SHARED_CARDS[2]
            own = tuple(addresses[(index + step) % len(addresses)] for step in range(4))
            domain = ("inboxvale.example", "mailhollow.example", "quickpost.example")[index % 3]
            casting.account(organization, role, made, own, "lumen-py/2.4.1", card, domain)


def cast(rng: Random) -> Cast:
    """Everybody, in the order in which they registered."""
    casting = _Casting(rng)
    _ordinary(casting)
    _benign_twins(casting)
    _pools(casting)
    organizations = tuple(
        sorted(casting.organizations, key=lambda organization: (organization.created, organization.id))
    )
    return Cast(organizations, tuple(sorted(casting.accounts, key=lambda account: (account.created, account.id))))
