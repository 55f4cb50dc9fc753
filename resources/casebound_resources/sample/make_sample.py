"""Make the sample: `python make_sample.py [FOLDER]` writes exports/, truth.json and story.json, the same bytes every
time.

Needs openpyxl and warcio beside the standard library. Without FOLDER it writes where it lies.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

from casebound_resources.sample.making import captures, cast, desk, exports, story, traffic
from casebound_resources.sample.making.tables import Tally
from casebound_resources.sample.making.workbook import payments_xlsx

SEED = 2026_0713


def _utc(at: datetime | None) -> str | None:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ") if at else None


def _json(value: object) -> bytes:
    return (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode()


def _manifest(files: dict[str, bytes], tallies: dict[str, Tally]) -> bytes:
    """Keys as a data desk writes them. The count of payments was taken a day earlier and is three short."""
    query = "SELECT * FROM cases.export WHERE case_id = 'LF-2026-031' AND ts >= :from AND ts < :to"
    counts = {name: tally.read for name, tally in tallies.items()}
    counts["payments.xlsx"] = tallies["payments.xlsx"].read - 3
    return _json(
        {
            "export_id": "exp_20261005_0007",
            "case_id": "LF-2026-031",
            "exported_at": "2026-10-05T09:31:00+02:00",
            "exported_by": "data desk (T. Aalto)",
            "source_system": "lumen-warehouse",
            "source_version": "2026.39",
            "query_text": query,
            "query_sha256": sha256(query.encode()).hexdigest(),
            "window_start": "2026-08-01T00:00:00+00:00",
            "window_end": "2026-10-05T00:00:00+00:00",
            "window_tz": "Europe/Berlin",
            "row_counts": counts,
            "file_sha256": {name: sha256(files[name]).hexdigest() for name in tallies},
            "redaction_profile": "none",
            "legal_hold_id": "hold_0119",
        }
    )


def _truth(people: cast.Cast, made: list[traffic.Request], tallies: dict[str, Tally]) -> dict[str, Any]:
    templated = [request for request in made if request.template in cast.TEMPLATES]
    one = sorted(account.id for account in people.playing(cast.POOL_ONE))
    two = sorted(account.id for account in people.playing(cast.POOL_TWO))
    answered = [request.at for request in templated if request.account.role == cast.POOL_ONE and request.status != 403]
    return {
        "seed": SEED,
        "files": {
            name: {
                "table": tally.table,
                "read": tally.read,
                "kept": tally.kept,
                "quarantined": len(tally.set_aside),
                "duplicates": tally.duplicates,
                "set_aside": tally.set_aside,
                "first": _utc(tally.first),
                "last": _utc(tally.last),
            }
            for name, tally in tallies.items()
        },
        "total_kept": sum(tally.kept for tally in tallies.values()),
        "accounts": {"all": len(people.accounts), "ordinary": len(people.accounts) - 60},
        "cluster": {
            "pool_one": one,
            "pool_two": two,
            "templates": list(cast.TEMPLATES),
            "templated_requests": len(templated),
            "templated_requests_pool_two": sum(request.account.role == cast.POOL_TWO for request in templated),
            "shared_payment_fingerprints": {card: sorted(held) for card, held in desk.shared(people).items()},
            "banned_at": _utc(cast.BAN),
            "last_answered_of_pool_one": _utc(max(answered)),
            "refused_after_ban": sum(request.status == 403 for request in made),
            "first_of_pool_two": _utc(
                min(request.at for request in templated if request.account.role == cast.POOL_TWO)
            ),
        },
        "benign_twins": {
            "gateway": {
                "address": cast.GATEWAY_ADDRESS,
                "accounts": sorted(account.id for account in people.playing(cast.GATEWAY)),
            },
            "runner": {
                "account": people.playing(cast.RUNNER)[0].id,
                "key": people.playing(cast.RUNNER)[0].key,
                "addresses": len({request.address for request in made if request.account.role == cast.RUNNER}),
            },
            "evaluator": {
                "accounts": sorted(account.id for account in people.playing(cast.EVALUATOR)),
                "templates": list(cast.EVALUATOR_TEMPLATES),
                "requests": sum(request.account.role == cast.EVALUATOR for request in made),
            },
        },
        "credential": {"text": "lfsk-live-EXAMPLE0000Zq7TnotArealKey", "table": "requests"},
    }


def make() -> dict[str, bytes]:
    """Every file of the sample by its path below the sample's folder."""
    rng = Random(SEED)  # noqa: S311 - a sample has to be the same each time, not unguessable
    people = cast.cast(rng)
    made = traffic.requests(rng, people)
    sent = exports.numbered(made)
    paid = desk.payments(rng, people)
    hits = desk.detections(rng, people, sent)
    reviewed = desk.reviews(rng, people)
    enforced = desk.enforcement(rng, people)
    tables = {
        "organizations.csv": exports.organizations_csv(people),
        "accounts.csv": exports.accounts_csv(people),
        "api_keys.csv": exports.api_keys_csv(people),
        "sessions.jsonl": exports.sessions_jsonl(list(traffic.sessions(made))),
        "requests.csv": exports.requests_csv(sent),
        "payments.xlsx": payments_xlsx(paid),
        "detections.json": exports.detections_json(hits),
        "reviews.csv": exports.reviews_csv(reviewed, rng),
        "enforcement_actions.csv": exports.enforcement_csv(enforced),
        "policy_clauses.json": exports.policy_clauses_json(desk.clauses()),
    }
    files = {name: content for name, (content, _) in tables.items()}
    tallies = {name: tally for name, (_, tally) in tables.items()}
    truth = _truth(people, made, tallies)
    bans = [(f"act_{number + 701}", row[2]) for number, row in enumerate(enforced) if row[3] == "ban"]
    rows = {
        "accounts.csv": [(account.id, account.id) for account in people.accounts],
        "payments.xlsx": [(payment.id, payment.account.id) for payment in paid],
        "enforcement_actions.csv": bans,
        "detections.json": [(str(hit["detection_id"]), str(hit["target_id"])) for hit in hits],
        "reviews.csv": [(f"rvw_{number + 401}", row[2]) for number, row in enumerate(reviewed)],
    }
    told = story.story(truth, story.scenes(people, sent, tallies, rows))
    files |= {
        "manifest.json": _manifest(files, tallies),
        "osint/hollowfern-plans.png": captures.page_png(),
        "osint/hollowfern-plans.warc": captures.page_warc(),
        "osint/hollowfern-status.png": captures.status_png(),
        "osint/hollowfern-prices.pdf": captures.price_sheet_pdf(),
        "mail/offer-forwarded.eml": captures.customer_eml(),
    }
    return {
        **{f"exports/{name}": content for name, content in files.items()},
        "truth.json": _json(truth),
        "story.json": _json(told),
    }


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    for name, content in make().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        print(f"{len(content):>9,}  {path}")


if __name__ == "__main__":
    main()
