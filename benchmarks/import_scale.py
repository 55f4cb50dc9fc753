"""The set that imports are measured on, and the works that race on it.

Requests of 24,000 accounts with 13 columns and about 300 bytes each, four time notations with zones, 0.05 % times that no
calendar has, 0.05 % numbers that are none, short rows; and their accounts, payments and logins. Deterministic. Rows come as
a warehouse gives them: day by day, in no order within a day; `shuffled` makes one with no order at all.
"""

from __future__ import annotations

from pathlib import Path

ACCOUNTS = 24_000
_DAYS = 30
_BEGIN = 1_772_323_200_000_000  # 2026-03-01T00:00:00Z
_DAY = 86_400_000_000

_REQUESTS = """
WITH base AS (SELECT i, hash(i) AS h, hash(i + 1000000007) AS k FROM range({rows}) r(i)),
moments AS (SELECT *, {begin} + {moment} AS us FROM base),
cells AS (SELECT k, h, i,
    'req_' || lpad(i::VARCHAR, 12, '0') AS request_id,
    CASE WHEN k % 2000 = 7 THEN '2026-02-31T25:61:00Z'
        WHEN i % 4 = 0 THEN strftime(make_timestamp(us), '%Y-%m-%dT%H:%M:%SZ')
        WHEN i % 4 = 1 THEN strftime(make_timestamp(us), '%Y-%m-%dT%H:%M:%S.%f+00:00')
        WHEN i % 4 = 2 THEN strftime(make_timestamp(us + 7200000000), '%Y-%m-%d %H:%M:%S.%g+0200')
        ELSE (us // 1000)::VARCHAR END AS ts,
    'acct_' || lpad((k % {accounts})::VARCHAR, 6, '0') AS account_id,
    'org_' || lpad((k % 3100)::VARCHAR, 5, '0') AS organization_id,
    ['/v1/messages', '/v1/complete', '/v1/embed'][(1 + (k >> 8) % 3)::BIGINT] AS endpoint,
    ['model-large-2', 'model-mid-2', 'model-small-1', 'model-mid-1'][(1 + (k >> 12) % 4)::BIGINT] AS model_id,
    CASE WHEN k % 2000 = 11 THEN 'n/a' ELSE ((h >> 20) % 8000)::VARCHAR END AS input_tokens,
    ((h >> 28) % 4000)::VARCHAR AS output_tokens,
    [200, 200, 200, 200, 429, 200, 500, 200][(1 + (k >> 20) % 8)::BIGINT] AS status_code,
    '198.51.' || (k >> 30) % 100 || '.' || (k >> 37) % 250 AS ip,
    'client-' || ['python', 'node', 'go', 'curl'][(1 + (k >> 40) % 4)::BIGINT] || '/' || (k >> 44) % 9 || '.'
        || (k >> 50) % 20 || ' (batch; harness)' AS user_agent,
    'tpl_' || lpad(((k >> 14) % 900)::VARCHAR, 4, '0') AS template_cluster_id,
    '"Explain step by step how you would '
        || ['grade', 'rewrite', 'translate', 'solve', 'rank', 'classify'][(1 + (h >> 7) % 6)::BIGINT]
        || ' the following answer about '
        || ['chemistry', 'finance', 'poetry', 'compilers', 'history', 'law', 'logistics'][(1 + (h >> 11) % 7)::BIGINT]
        || ', then return only JSON with the fields score and reason; variant ' || (h >> 17) % 100000 || '"'
        AS prompt_excerpt
    FROM moments)
SELECT concat_ws(',', request_id, ts, account_id, organization_id, endpoint, model_id, input_tokens, output_tokens,
    status_code, ip, user_agent, template_cluster_id)
    || CASE WHEN k % 20000 = 13 THEN '' ELSE ',' || prompt_excerpt END AS line
FROM cells ORDER BY i
"""
_HEADER = (
    "request_id,ts,account_id,organization_id,endpoint,model_id,input_tokens,output_tokens,status_code,ip,user_agent,"
    "template_cluster_id,prompt_excerpt"
)
_OTHERS = {
    "accounts.csv": """SELECT 'acct_' || lpad(i::VARCHAR, 6, '0') AS account_id, 'org_' || lpad((i % 3100)::VARCHAR, 5, '0')
        AS organization_id, 'u' || i || '@mail.example' AS email,
        strftime(make_timestamp({begin} - (hash(i) % 8640000000000)::BIGINT), '%Y-%m-%dT%H:%M:%SZ') AS created_at
        FROM range({accounts}) r(i)""",
    "payments.csv": """SELECT 'pay_' || lpad(i::VARCHAR, 8, '0') AS payment_id,
        'acct_' || lpad((hash(i) % {accounts})::VARCHAR, 6, '0') AS account_id, (hash(i) >> 9) % 50000 AS amount,
        'card_' || (hash(i + 7) % 9000) AS instrument_fingerprint,
        strftime(make_timestamp({begin} + (hash(i + 3) % {span})::BIGINT), '%Y-%m-%dT%H:%M:%SZ') AS ts
        FROM range(3 * {accounts}) r(i)""",
    "sessions.csv": """SELECT 'ses_' || lpad(i::VARCHAR, 8, '0') AS session_id,
        'acct_' || lpad((hash(i) % {accounts})::VARCHAR, 6, '0') AS account_id,
        strftime(make_timestamp({begin} + (hash(i + 5) % {span})::BIGINT), '%Y-%m-%dT%H:%M:%SZ') AS started_at,
        'password' AS auth_method, '198.51.' || (hash(i) >> 30) % 100 || '.' || (hash(i) >> 37) % 250 AS ip
        FROM range(20 * {accounts}) r(i)""",
}


def write_set(folder: Path, rows: int, *, shuffled: bool = False, others: bool = True) -> None:
    """Write requests.csv with `rows` rows, and the smaller tables beside it."""
    import duckdb

    spread = f"(h % {_DAYS * _DAY})::BIGINT"
    daily = f"(i // (1 + {rows} // {_DAYS})) * {_DAY} + (h % {_DAY})::BIGINT"
    said = {"rows": rows, "begin": _BEGIN, "accounts": ACCOUNTS, "span": _DAYS * _DAY}
    with duckdb.connect(config={"threads": 2, "memory_limit": "3GB", "temp_directory": str(folder)}) as connection:
        query = _REQUESTS.format(moment=spread if shuffled else daily, **said)
        body = folder / "requests.csv"
        # One text to a line, as it is: a delimiter that no line holds.
        connection.execute(
            f"COPY (SELECT '{_HEADER}' AS line UNION ALL ({query})) TO '{body.as_posix()}' "
            "(FORMAT csv, HEADER false, DELIMITER '\x01', QUOTE '')"
        )
        for name, other in _OTHERS.items() if others else ():
            connection.execute(f"COPY ({other.format(**said)}) TO '{(folder / name).as_posix()}' (FORMAT csv, HEADER)")


def tables(folder: Path) -> list[Path]:
    """The files of the set, the requests first."""
    return [folder / "requests.csv", *(folder / name for name in _OTHERS if (folder / name).exists())]


def import_casebound(folder: Path) -> None:
    """Everything a person gets: kept, hashed, typed, zones, set aside, places, sorted store, custody."""
    from casebound.case import Actor
    from casebound.document import Case
    from casebound.importing import bring_in

    with Case.create(folder / "bench.casebound", "BENCH-1", "Import benchmark", Actor("Bench")) as case:
        for path in tables(folder):
            bring_in(case, path)
        for source in case.snapshot().sources:
            if source.read != source.kept + source.quarantined + source.duplicates:
                raise SystemExit("the counts do not balance")


def import_duckdb(folder: Path) -> None:
    """Casts, rejects, row number and ORDER BY into a table, at DuckDB's default settings. Loses place, zone and more."""
    import duckdb

    store = duckdb.connect(str(folder / "bare.duckdb"))
    casts = {
        "requests.csv": (
            "ts",
            ", try_cast(input_tokens AS BIGINT) AS tokens_in, try_cast(output_tokens AS BIGINT) AS tokens_out",
        ),
        "accounts.csv": ("created_at", ""),
        "payments.csv": ("ts", ", try_cast(amount AS BIGINT) AS cents"),
        "sessions.csv": ("started_at", ""),
    }
    for path in tables(folder):
        time, more = casts[path.name]
        store.execute(
            f"CREATE TABLE {path.stem} AS SELECT row_number() OVER () AS position, * FROM (SELECT *, row_number() OVER () "
            f"AS ordinal, coalesce(try_cast({time} AS TIMESTAMPTZ), to_timestamp(try_cast({time} AS BIGINT) / 1000.0)) AS "
            f"moment{more} FROM read_csv('{path.as_posix()}', all_varchar = true, header = true, store_rejects = true) "
            "ORDER BY moment)"
        )
    store.close()


def import_pandas_sqlite(folder: Path) -> None:
    """pandas between the file and the store."""
    import sqlite3

    import pandas

    frame = pandas.read_csv(folder / "requests.csv", dtype=str, on_bad_lines="skip")
    frame["moment"] = pandas.to_datetime(frame["ts"], errors="coerce", utc=True, format="mixed")
    with sqlite3.connect(folder / "frame.sqlite") as store:
        frame.to_sql("rows", store, index=False)
        store.execute("CREATE INDEX by_moment ON rows (moment)")
