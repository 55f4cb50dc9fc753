"""What the provider's own desks recorded: detections, reviews, enforcement, policy, and payments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from casebound_resources.sample.making.cast import (
    BAN,
    BURST,
    END,
    EVALUATOR,
    GATEWAY,
    GATEWAY_ADDRESS,
    LAUNCH,
    ORDINARY,
    POOL_ONE,
    POOL_TWO,
    RAMP,
    RUNNER,
    SHARED_CARDS,
    START,
    TAKEOVER,
    TEMPLATES,
    Account,
    Cast,
)
from casebound_resources.sample.making.traffic import Request

ANALYSTS = ("rev_hale", "rev_okoro", "rev_lind")


@dataclass(frozen=True, slots=True)
class Payment:
    id: str
    account: Account
    at: datetime
    cents: int
    status: str
    card_type: str
    billing: str


def payments(rng: Random, people: Cast) -> list[Payment]:
    """Monthly charges of the ordinary, prepaid top-ups of the cluster; virtual cards, some of them declined."""
    made: list[tuple[datetime, Account, int, str, str, str]] = []
    for account in people.accounts:
        if account.role in (POOL_ONE, POOL_TWO):
            for top_up in range(3 if account.role == POOL_ONE else 2):
                base = (
                    account.created + timedelta(hours=2)
                    if top_up == 0
                    else (RAMP if account.role == POOL_ONE else TAKEOVER)
                )
                at = base + timedelta(days=top_up * 6 if top_up else 0, minutes=rng.randrange(300))
                status = "declined" if rng.random() < 0.12 else "succeeded"
                made.append(
                    (
                        min(at, END - timedelta(hours=3)),
                        account,
                        rng.choice((10_000, 20_000, 25_000)),
                        status,
                        "virtual prepaid",
                        "M. Hollow",
                    )
                )
            continue
        if rng.random() > 0.8:
            continue
        due = account.created + timedelta(days=1)
        while due < END:
            made.append((due, account, rng.choice((2_000, 2_000, 4_900, 9_900)), "succeeded", "credit", account.name))
            due += timedelta(days=30)
    made.sort(key=lambda entry: (entry[0], entry[1].id))
    return [
        Payment(f"pay_{number + 50_001}", account, at.replace(microsecond=0), cents, status, kind, name)
        for number, (at, account, cents, status, kind, name) in enumerate(made)
    ]


def detections(rng: Random, people: Cast, sent: list[tuple[str, Request]]) -> list[dict[str, object]]:
    """Rule hits on the cluster, and the false ones on its benign twins. `sent` pairs request ids with requests."""
    by_account: dict[str, list[tuple[str, Request]]] = {}
    for identity, request in sent:
        by_account.setdefault(request.account.id, []).append((identity, request))
    hits: list[tuple[datetime, Account, str, str, float, float, str]] = []
    for account in people.playing(POOL_ONE, POOL_TWO):
        own = [request for _, request in by_account[account.id] if request.template in TEMPLATES]
        begin = max(own[0].at, BURST)
        for rule, version, limit in (("template-reuse", "1.4.0", 0.8), ("sync-volley", "0.9.2", 0.7)):
            at = begin + timedelta(minutes=rng.randrange(40, 900))
            hits.append((at, account, rule, version, round(rng.uniform(limit + 0.04, 0.99), 3), limit, "suspicious"))
    for account in people.playing(EVALUATOR):
        for week in range(6):
            at = START + timedelta(days=5 + week * 9, minutes=rng.randrange(1400))
            hits.append(
                (at, account, "template-reuse", "1.4.0", round(rng.uniform(0.86, 0.97), 3), 0.8, "benign-known")
            )
    for account in people.playing(RUNNER):
        for week in range(5):
            at = START + timedelta(days=3 + week * 11, minutes=rng.randrange(1400))
            hits.append((at, account, "key-spread", "2.1.0", round(rng.uniform(0.75, 0.95), 3), 0.7, "benign-known"))
    for account in people.playing(GATEWAY)[:9]:
        at = START + timedelta(days=8 + rng.randrange(40), hours=9, minutes=rng.randrange(400))
        hits.append((at, account, "shared-address", "1.0.3", round(rng.uniform(0.7, 0.8), 3), 0.7, "benign-known"))
    for account in rng.sample(people.playing(ORDINARY), 24):
        at = START + timedelta(days=8 + rng.randrange(52), hours=rng.randrange(8, 19), minutes=rng.randrange(60))
        hits.append(
            (
                at,
                account,
                rng.choice(("template-reuse", "key-spread")),
                "1.4.0",
                round(rng.uniform(0.7, 0.84), 3),
                0.7,
                "cleared",
            )
        )
    hits.sort(key=lambda hit: (hit[0], hit[1].id, hit[2]))
    return [
        {
            "detection_id": f"det_{number + 3001}",
            "fired_at": hit[0].strftime("%Y-%m-%dT%H:%M:%SZ"),
            "detector_name": hit[2],
            "detector_version": hit[3],
            "target_type": "account",
            "target_id": hit[1].id,
            "score": hit[4],
            "threshold": hit[5],
            "label": hit[6],
            "sample_request_ids": [
                identity for identity, request in by_account.get(hit[1].id, ()) if request.at <= hit[0]
            ][-3:],
        }
        for number, hit in enumerate(hits)
    ]


def reviews(rng: Random, people: Cast) -> list[tuple[datetime, datetime, str, str, str, str, str, str]]:
    """(opened, decided, target, decision, clause, confidence, rationale, second reviewer), in order of opening."""
    made: list[tuple[datetime, datetime, str, str, str, str, str, str]] = []

    def review(opened: datetime, account: Account, decision: str, clause: str, confidence: str, rationale: str) -> None:
        decided = opened + timedelta(minutes=rng.randrange(35, 600))
        made.append((opened, decided, account.id, decision, clause, confidence, rationale, rng.choice(ANALYSTS)))

    for account in people.playing(EVALUATOR):
        review(datetime(2026, 8, 19, 9, 20, tzinfo=UTC), account, "no violation", "", "high",
               "Evaluation harness, named in the contract; prompts are public benchmark items.")  # fmt: skip
    for account in people.playing(RUNNER):
        review(datetime(2026, 8, 25, 8, 5, tzinfo=UTC), account, "no violation", "", "high",
               "Build runners share the team key; addresses are the runner fleet of the customer.")  # fmt: skip
    for account in people.playing(GATEWAY)[:3]:
        review(
            datetime(2026, 9, 2, 13, 40, tzinfo=UTC) + timedelta(minutes=rng.randrange(50)),
            account,
            "no violation",
            "",
            "high",
            f"Everybody at the customer leaves through {GATEWAY_ADDRESS}.",
        )
    for account in rng.sample(people.playing(ORDINARY), 19):
        opened = START + timedelta(days=6 + rng.randrange(50), hours=rng.randrange(8, 17), minutes=rng.randrange(60))
        review(
            opened,
            account,
            rng.choice(("no violation", "no violation", "warn")),
            "AUP-4",
            "moderate",
            "Single hit near the threshold.",
        )
    for account in people.playing(POOL_ONE):
        opened = datetime(2026, 9, 29, 7, 30, tzinfo=UTC) + timedelta(minutes=rng.randrange(1200))
        review(
            opened,
            account,
            "violation",
            "CT-D4",
            "high",
            "Same templates and volleys as the other accounts of the pool; shared card.",
        )
    for account in people.playing(POOL_TWO)[:6]:
        opened = datetime(2026, 10, 2, 8, 15, tzinfo=UTC) + timedelta(minutes=rng.randrange(700))
        review(
            opened,
            account,
            "escalate",
            "CT-D4",
            "moderate",
            "Continues the templates of the banned pool since 30 September.",
        )
    return sorted(made)


def enforcement(rng: Random, people: Cast) -> list[tuple[datetime, datetime, str, str, str, str, str]]:
    """(decided, executed, target, action, reason, clause, decided by), in order of execution."""
    made: list[tuple[datetime, datetime, str, str, str, str, str]] = []
    for account in rng.sample(people.playing(ORDINARY), 14):
        executed = START + timedelta(
            days=9 + rng.randrange(46), hours=rng.randrange(8, 18), seconds=rng.randrange(3600)
        )
        action = rng.choice(("warn", "rate_limit", "verify"))
        made.append((executed - timedelta(minutes=9), executed, account.id, action, "volume", "AUP-4", "rev_lind"))
    for account in people.playing(POOL_ONE)[:11]:
        executed = BURST + timedelta(days=3, hours=rng.randrange(9), seconds=rng.randrange(3600))
        made.append(
            (
                executed - timedelta(minutes=20),
                executed,
                account.id,
                "rate_limit",
                "template-reuse",
                "CT-D4",
                "rev_hale",
            )
        )
    for account in people.playing(POOL_ONE):
        made.append((BAN - timedelta(minutes=41), BAN, account.id, "ban", "account-pool", "CT-D4", "rev_okoro"))
    for account in people.playing(POOL_TWO)[:5]:
        executed = datetime(2026, 10, 3, 9, 5, tzinfo=UTC) + timedelta(minutes=rng.randrange(90))
        made.append(
            (
                executed - timedelta(minutes=30),
                executed,
                account.id,
                "rate_limit",
                "template-reuse",
                "CT-D4",
                "rev_hale",
            )
        )
    return sorted(made)


def clauses() -> list[dict[str, object]]:
    """The provider's terms as far as the case needs them; invented."""
    texts = (
        (
            "CT-D4",
            "Commercial Terms",
            "D.4",
            (
                "Customer may not use the Services or their outputs to develop a product or "
                "model that competes with the Services, nor have others do so on its behalf."
            ),
        ),
        (
            "CT-D5",
            "Commercial Terms",
            "D.5",
            "Customer may not resell or relay access to the Services without written consent.",
        ),
        (
            "CT-B2",
            "Commercial Terms",
            "B.2",
            "Customer gives true registration details and keeps one identity per account.",
        ),
        (
            "CT-F1",
            "Commercial Terms",
            "F.1",
            "Lumenfall may suspend an account at once where it reasonably believes that clause D is broken.",
        ),
        ("AUP-4", "Usage Policy", "4", "Automated use stays within the published limits of the plan."),
    )
    return [
        {
            "clause_id": identity,
            "effective_from": LAUNCH.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "document": document,
            "version": "2026-07",
            "section": section,
            "text": text,
        }
        for identity, document, section, text in texts
    ]


def shared(people: Cast) -> dict[str, list[str]]:
    """The accounts behind each shared card."""
    return {card: [account.id for account in people.accounts if account.card == card] for card in SHARED_CARDS}
