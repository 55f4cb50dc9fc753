# ruff: noqa: E501 - sentences people read, one to a line
"""What the demonstration marks: notes, tags, bookmarks, exhibits, measures and findings, with the numbers the data bear out.

Events are named by table and record ordinal, attachments by file; whoever tells the story resolves them.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from casebound_resources.sample.making.cast import (
    BAN,
    BURST,
    END,
    EVALUATOR,
    EVALUATOR_TEMPLATES,
    POOL_ONE,
    POOL_TWO,
    RAMP,
    SHARED_CARDS,
    TAKEOVER,
    TEMPLATES,
    Cast,
)
from casebound_resources.sample.making.tables import Tally
from casebound_resources.sample.making.traffic import Request

ANY_TEMPLATE = " OR ".join(f"template_cluster_id:{template}" for template in TEMPLATES)
SIDE = timedelta(hours=6)
ANY_CARD = " OR ".join(f"instrument_fingerprint:{card}" for card in SHARED_CARDS)
CLAUSE = (
    "CT-D4: Customer may not use the Services or their outputs to develop a product or model that competes with the Services, "
    "nor have others do so on its behalf. (Commercial Terms 2026-07, D.4)"
)


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def scenes(
    people: Cast, sent: list[tuple[str, Request]], tallies: dict[str, Tally], rows: dict[str, list[tuple[str, str]]]
) -> dict[str, dict[str, Any]]:
    """The events the story needs, by name. `rows` gives (id, subject) of the smaller tables."""

    def request(test: Any) -> dict[str, Any]:
        identity = next(identity for identity, one in sent if test(one))
        return {"table": "requests", "ordinal": tallies["requests.csv"].ordinals[identity]}

    def record(file: str, account: str) -> dict[str, Any]:
        identity = next(identity for identity, subject in rows[file] if subject == account)
        return {"table": file.split(".")[0], "ordinal": tallies[file].ordinals[identity]}

    one, two = people.playing(POOL_ONE), people.playing(POOL_TWO)
    evaluator = people.playing(EVALUATOR)[0]
    second_card = [account for account in people.accounts if account.card == SHARED_CARDS[1]]
    return {
        "first template": request(lambda r: r.template in TEMPLATES),
        "elicitation": request(lambda r: r.at > BURST and r.template == TEMPLATES[0] and r.excerpt),
        "rubric": request(lambda r: r.at > BURST and r.template == TEMPLATES[1] and r.excerpt),
        "last of pool one": request(
            lambda r: r.at > BAN.replace(second=0) and r.account.role == POOL_ONE and r.status == 200
        ),
        "first refused": request(lambda r: r.status == 403),
        "takeover": request(lambda r: r.at >= TAKEOVER and r.account.role == POOL_TWO),
        "evaluator": request(lambda r: r.account is evaluator and r.template == EVALUATOR_TEMPLATES[0] and r.at > RAMP),
        "credential": request(lambda r: sent[700][1] is r),
        "account one": record("accounts.csv", one[0].id),
        "account two": record("accounts.csv", two[0].id),
        "card in pool one": record("payments.xlsx", next(a.id for a in second_card if a.role == POOL_ONE)),
        "card in pool two": record("payments.xlsx", next(a.id for a in second_card if a.role == POOL_TWO)),
        "ban": record("enforcement_actions.csv", one[0].id),
        "benign detection": record("detections.json", evaluator.id),
        "benign review": record("reviews.csv", evaluator.id),
    }


def story(facts: dict[str, Any], events: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Everything the demonstration does after bringing in the tables, in order. `facts` is the planted truth."""
    cluster = facts["cluster"]
    templated, after = cluster["templated_requests"], cluster["templated_requests_pool_two"]
    window = {"from": _moment(RAMP), "to": _moment(END)}
    gap = "3 hours 36 minutes"
    return {
        "number": "LF-2026-031",
        "title": "Hollow Fern account pools",
        "person": "Ines Marlowe",
        "organisation": "Lumenfall Trust and Safety",
        "purpose": "Decision on banning the second pool, and advice on a claim under the Commercial Terms",
        "legal_basis": "Terms of service, clauses D.4 and F.1",
        "events": events,
        "attachments": [
            {"file": "osint/hollowfern-plans.png", "title": "Relay's plans page, screen capture", "sensitive": False, "events": ["elicitation"],
             "origin": {"url": "https://hollowfern-relay.example/plans", "captured_at": "2026-09-29T08:12:47Z", "operator": "rev_mori",
                        "tool": "capture 2.2 (invented)", "source_reliability": "C", "info_credibility": "3"}},
            {"file": "osint/hollowfern-plans.warc", "title": "Relay's plans page as served", "sensitive": False, "events": ["elicitation"],
             "origin": {"url": "https://hollowfern-relay.example/plans", "captured_at": "2026-09-29T08:12:47Z", "operator": "rev_mori",
                        "tool": "capture 2.2 (invented)"}},
            {"file": "osint/hollowfern-prices.pdf", "title": "Relay's price sheet", "sensitive": False, "events": [],
             "origin": {"url": "https://hollowfern-relay.example/prices.pdf", "captured_at": "2026-09-29T08:19:02Z", "operator": "rev_mori"}},
            {"file": "osint/hollowfern-status.png", "title": "Relay's status page on the evening of the ban", "sensitive": None,
             "events": ["takeover"], "origin": {"url": "https://hollowfern-relay.example/status", "captured_at": "2026-09-30T18:31:05Z",
                                               "operator": "rev_mori", "tool": "capture 2.2 (invented)"}},
            {"file": "mail/offer-forwarded.eml", "title": "A customer forwards the relay's offer", "sensitive": False, "events": [],
             "origin": {"received_at": "2026-09-28T13:22:14Z", "mailbox": "abuse@lumenfall.example"}},
            {"file": "manifest.json", "title": "How the exports were made", "sensitive": False, "events": [],
             "origin": {"received_from": "Data desk, with the export"}},
        ],
        "marks": [
            {"event": "first template", "note": "First request with one of the three templates. Eight accounts within 300 ms.", "tags": ["ramp"]},
            {"event": "elicitation", "note": "Asks for every working step inside tags. Same words in all accounts of the pool.", "tags": ["template"]},
            {"event": "rubric", "note": "Uses the model as a judge: score and reason as JSON.", "tags": ["template"]},
            {"event": "last of pool one", "bookmark": "Last answer before the ban", "tags": ["failover"]},
            {"event": "ban", "bookmark": "Ban of pool one", "note": "34 accounts at the same second.", "tags": ["enforcement"]},
            {"event": "first refused", "note": "Banned keys kept trying for an hour; every attempt was refused.", "tags": ["failover"]},
            {"event": "takeover", "bookmark": "Second pool takes over", "note": f"{gap} after the ban, same template, accounts registered three weeks before.",
             "tags": ["failover"]},
            {"event": "evaluator", "note": "Benign twin: benchmark items day and night, two accounts, contract on file. Not part of the cluster.",
             "tags": ["benign"]},
            {"event": "credential", "note": "The excerpt holds something that looks like a live key of a third party. Mask before it leaves.",
             "tags": ["third-party-data"]},
            {"event": "card in pool two", "note": "This card also pays for twelve accounts of pool one: the link between the pools.", "tags": ["payment"]},
        ],
        "exhibits": [
            {"event": "first template", "caption": "First templated request of pool one, 7 September"},
            {"event": "elicitation", "caption": "Request for worked steps inside tags, pool one"},
            {"event": "last of pool one", "caption": "Last answered request of pool one, two seconds before the ban"},
            {"event": "ban", "caption": "Ban of the first account of pool one"},
            {"event": "first refused", "caption": "First refused request after the ban"},
            {"event": "takeover", "caption": "First request of pool two, same template"},
            {"event": "account two", "caption": "Registration of the first account of pool two, three weeks before the ban"},
            {"event": "card in pool one", "caption": "Card pf_c04477ae19 pays for an account of pool one"},
            {"event": "card in pool two", "caption": "Card pf_c04477ae19 pays for an account of pool two"},
            {"event": "evaluator", "caption": "Benign twin: a templated request of Tallgrass Evaluation"},
            {"event": "benign review", "caption": "Review that cleared the benign twin"},
            {"attachment": "osint/hollowfern-plans.png", "caption": "Relay's plans page: “one endpoint, sixty upstream accounts”"},
            {"attachment": "osint/hollowfern-plans.warc", "caption": "The same page as served, with its script"},
            {"attachment": "osint/hollowfern-status.png", "caption": "Relay's status page: pool B answers from 17:44 UTC"},
            {"attachment": "mail/offer-forwarded.eml", "caption": "Mail of a customer who was offered relayed access"},
        ],
        "measures": [
            {"name": "templated", "question": "How many requests used one of the three templates?", "table": "requests", "where": ANY_TEMPLATE,
             "unit": "requests", "distinct": "", "window": window, "of_where": "", "denominator_of": "all requests kept in the window",
             "result": templated},
            {"name": "accounts", "question": "How many accounts used one of the three templates?", "table": "requests", "where": ANY_TEMPLATE,
             "unit": "accounts", "distinct": "account_id", "window": window, "of_where": "", "denominator_of": "all accounts active in the window",
             "result": len(cluster["pool_one"]) + len(cluster["pool_two"])},
            {"name": "after", "question": "How many requests with the templates followed the ban, other than refused ones?", "table": "requests",
             "where": f"({ANY_TEMPLATE}) -status_code:403", "unit": "requests", "distinct": "", "window": {"from": _moment(BAN), "to": _moment(END)},
             "of_where": "", "denominator_of": "all requests kept since the ban", "result": after},
            {"name": "cards", "question": "How many accounts were paid for with one of the three shared cards?", "table": "payments",
             "where": ANY_CARD, "unit": "accounts", "distinct": "account_id", "window": None, "of_where": "",
             "denominator_of": "all accounts with a payment", "result": len(cluster["pool_one"]) + len(cluster["pool_two"])},
        ],
        "views": [
            {"name": "templates", "title": "Requests with the three templates, one lane for each", "where": ANY_TEMPLATE, "window": window,
             "lanes": "template_cluster_id"},
            {"name": "failover", "title": "Six hours on both sides of the ban: answered and refused", "where": ANY_TEMPLATE,
             "window": {"from": _moment(BAN - SIDE), "to": _moment(BAN + SIDE)}, "lanes": "status_code"},
        ],
        "chronology": [
            {"event": "card in pool one"}, {"event": "first template"},
            {"event": "account two", "caption": "The second pool is registered, three weeks before it is used"},
            {"event": "card in pool two"}, {"event": "elicitation"},
            {"event": "last of pool one"}, {"event": "ban", "caption": "The first pool is banned: 34 accounts in one second"},
            {"event": "first refused"}, {"event": "takeover", "caption": f"The second pool takes over, {gap} after the ban"},
        ],
        "findings": [
            {"sentence": f"Between 7 September and 4 October 2026, 60 accounts sent {templated:,} requests with three fixed templates that ask for "
                         "worked steps, rubric grades and working notes.",
             "reasoning": "The templates were grouped by the provider's own hash of the prompt without its variable part. The accounts send in volleys: "
                          "eight to ten accounts within half a second, round and round through the pool. Two accounts of an evaluation firm also send "
                          "templated prompts around the clock; their templates differ and their contract names the use, so they are not counted.",
             "supports": ["first template", "elicitation", "mail/offer-forwarded.eml"], "contradicts": ["evaluator", "benign review"],
             "measures": ["templated", "accounts"], "views": ["templates"], "clause": CLAUSE, "likelihood": "", "confidence": "high",
             "confidence_basis": "Counted from the request log; the query and the rows are enclosed. The export overlaps by half an hour; rows that stand in both parts are counted once.",
             "ask": "", "limits": "Prompts were kept only for about one request in thirty; the rest is known by its hash alone."},
            {"sentence": "One operator runs both pools of accounts.",
             "reasoning": "Nine accounts of the second pool are paid with a card that also pays for twelve of the first; templates, client and the rhythm of "
                          "the volleys are the same; the second pool was registered in two-minute steps, as the first was.",
             "supports": ["card in pool one", "card in pool two", "account two", "osint/hollowfern-plans.png"],
             "contradicts": ["osint/hollowfern-plans.warc"], "measures": ["cards"], "views": [], "clause": CLAUSE,
             "likelihood": "very likely", "confidence": "moderate",
             "confidence_basis": "Three independent kinds of link (payment, template, timing), all from the provider's own records; none from outside confirms them.",
             "ask": "Treat both pools as one actor in this decision.",
             "limits": "A relay that sells to several customers would look the same. Who trains on the answers is not established."},
            {"sentence": f"The second pool took over {gap} after the first was banned and has sent {after:,} templated requests since.",
             "reasoning": "The first pool's last answer is two seconds before the ban. Its keys were refused 37 times in the next hour. The second pool, "
                          "registered three weeks before and silent until then, begins with the same template, and the relay's status page says so.",
             "supports": ["last of pool one", "ban", "first refused", "takeover", "osint/hollowfern-status.png"], "contradicts": [],
             "measures": ["after"], "views": ["failover"], "clause": CLAUSE, "likelihood": "almost certain", "confidence": "high",
             "confidence_basis": "Times come from two logs of one provider, read in UTC; the enforcement log gives local time and its zone is stated in the manifest.",
             "ask": "Ban all 26 accounts of the second pool at once, refuse new accounts on the three cards, and send notice under clause F.1.",
             "limits": "A third pool is not excluded: only accounts seen in this export were examined."},
        ],
    }  # fmt: skip
