"""A case of three small tables, one without times, and the rows of them as plain values to count by hand."""

from __future__ import annotations

import csv
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

from casebound.case import Actor
from casebound.document import Case
from casebound.importing import bring_in

START = datetime(2026, 3, 1, tzinfo=UTC)
# Values that look like filters, markup, numbers and directions.
HOSTILE = ('acc "1"', "acc:2 OR x", "-acc_3", "1..5", "<b>acc</b>", "0017", "17", "acc\u202e_4", "é(", "*")
Row = dict[str, str]


def write(path: Path, rows: list[Row]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as stream:
        out = csv.DictWriter(stream, list(rows[0]))
        out.writeheader()
        out.writerows(rows)
    return path


def make_rows(seed: int) -> dict[str, list[Row]]:
    drawn = random.Random(seed)

    def when(minutes: int) -> str:
        return (START + timedelta(minutes=drawn.randrange(minutes), seconds=drawn.choice((0, 30)))).isoformat()

    accounts = [f"acc_{n}" for n in range(6)] + list(HOSTILE)
    requests = [
        {
            "request_id": f"req_{n}",
            "ts": when(400),
            "account_id": drawn.choice(accounts),
            "endpoint": drawn.choice(("/v1/messages", "/v1/batches", "")),
            "ip": drawn.choice(("192.0.2.7", "198.51.100.4", "203.0.113.9", "")),
            "tokens": str(drawn.randrange(40)),
        }
        for n in range(160)
    ]
    logins = [
        {
            "session_id": f"ses_{n}",
            "started_at": when(700),
            "account_id": drawn.choice(accounts),
            "invited_by": drawn.choice([*accounts, ""]),
            "IP": drawn.choice(("192.0.2.7", "203.0.113.9")),
        }
        for n in range(60)
    ]
    notes = [
        {"note_id": f"note_{n}", "about": drawn.choice(accounts), "said_by": drawn.choice(accounts)} for n in range(30)
    ]
    return {"requests": requests, "logins": logins, "notes": notes}


def make_case(folder: Path, tables: dict[str, list[Row]]) -> Case:
    case = Case.create(folder / "seen.casebound", "C-1", "Seen", Actor("Rosa Behrens"))
    for name, rows in tables.items():
        bring_in(case, write(folder / f"{name}.csv", rows))
    return case
