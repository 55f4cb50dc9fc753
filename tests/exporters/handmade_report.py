"""A report's model made by hand: every section, every kind of entry, and hostile text wherever any can come in."""

import hashlib
from datetime import UTC, datetime

from casebound_exporters.report.model import (
    ChainLink,
    Cover,
    CustodyEntry,
    Excerpt,
    ExhibitEntry,
    Judgement,
    Moment,
    Number,
    Picture,
    Reason,
    ReportModel,
    SourceEntry,
    Totals,
)


def H(text):
    return hashlib.sha256(text.encode()).hexdigest()


def model(n_ledger=60, hostile=""):
    q1 = Number(
        "Q-0001",
        "How many requests did the accounts of pool one send with the shared template?",
        11842,
        "requests",
        "2026-09-14 00:00:00 UTC to 2026-10-01 00:00:00 UTC",
        26114,
        "requests in the window",
        "template_hash:9c41 pool:one",
        "requests",
    )
    q2 = Number(
        "Q-0002",
        "How many accounts share the card fingerprint?",
        34,
        "accounts",
        "no window: the whole source",
        412,
        "accounts with a payment",
        "fingerprint:fp_71",
        "payments",
    )
    cov = Cover(
        "LF-2026-031",
        "Hollow Fern account pools",
        "Lumenfall Trust and Safety",
        "legal",
        "Decision on banning the second pool, and advice on a claim under the Commercial Terms",
        "Terms of service, clauses D.4 and F.1",
        "LF-2026-031-v1-" + H("x")[:12],
        1,
        "",
        H("root"),
        "Ines Marlowe",
        H("cert"),
        H("key"),
        "able acid goose ladder river zebra",
        True,
        "casebound/LF-2026-031/9f8e7d6c5b4a3210",
        143,
        H("log"),
        datetime(2026, 10, 2, 9, 41, 7, tzinfo=UTC),
        ("PARTIAL",),
    )
    j1 = Judgement(
        "F-01",
        "One operator runs about 60 accounts in two pools and moved to the second pool within four hours "
        "of the ban of the first." + hostile,
        "Both pools use the same prompt template and rubric, the same card fingerprint paid for accounts "
        "in both, and the second pool’s first request came 3 h 52 min after the ban.\nThe batch "
        "evaluator with a similar rhythm was looked at and does not share the template.",
        "Ban the second pool as one action, and preserve its records.",
        "very likely",
        "moderate",
        "The link rests on two independent exports; payment data come from one processor.",
        "D.4: no use of outputs to train competing models",
        ("EX-0002, First request of the second pool", "EX-0005, The relay’s plans page, screen capture"),
        ("EX-0007, Review that found a batch evaluator benign",),
        (q1, q2),
        "Who directs the operator, and whether a competing model was trained.",
        "draft",
    )
    j2 = Judgement(
        "F-02",
        "The relay resells access bought by these accounts.",
        "",
        "Advise on a claim under the Commercial Terms.",
        "likely",
        "low",
        "",
        "F.1: no resale",
        ("EX-0005, The relay’s plans page, screen capture",),
        (),
        (),
        "",
        "draft",
    )
    stated = (
        ("system", "warehouse export 7 (invented)"),
        ("query", "SELECT * FROM requests WHERE day BETWEEN '2026-09-01' AND '2026-09-30'"),
        ("window_tz", "Europe/Berlin"),
    )

    def S(i, f, t, r, k, qq, d, e, fl, ns, rs=(), org=stated):
        return SourceEntry(
            f"S-{i:02d}",
            f,
            t,
            "csv",
            H(f),
            r * 97,
            r,
            k,
            qq,
            d,
            e,
            fl,
            ns,
            r if i % 2 else None,
            "manifest.json" if i % 2 else "",
            "2026-09-01 00:00:04 UTC",
            "2026-09-30 21:59:58.113000 UTC",
            "Europe/Berlin",
            "manifest.json",
            org,
            "2026-10-01 07:12:44 UTC by Ines Marlowe",
            "csv 1",
            tuple(rs),
            (),
        )

    src = (
        S(
            1,
            "requests.csv",
            "requests",
            26121,
            26114,
            5,
            2,
            14020,
            12094,
            0,
            [
                Reason("The time cannot be read.", 3, 8123, "acc_00f2,2026-09-31T10:00:00Z,gen,…" + hostile),
                Reason("The row has 13 columns where the header has 12.", 2, 1911, "acc_11,=cmd|' /C calc'!A0,…"),
            ],
        ),
        S(2, "payments.xlsx", "payments", 688, 688, 0, 0, 2, 0, 686, org=None),
        S(3, "accounts.csv" + hostile, "accounts", 412, 412, 0, 0, 2, 0, 410),
    )

    def m(i, c):
        return Moment(
            f"2026-09-30 1{i % 10}:31:05.120000 UTC",
            f"30.09.2026 1{i % 10}:31:05,12",
            "Europe/Berlin",
            "manifest.json",
            "S-01 requests.csv",
            25110 + i,
            c,
            "acc_31f0 · generate · org_kestrel",
            f"EX-{i:04d}",
        )

    tl = Excerpt(
        tuple(m(i, "First request of the second pool" + (hostile if i == 2 else "")) for i in range(1, 12)),
        112,
        "data/timeline.csv",
    )
    pic = Picture(
        320,
        180,
        bytes(
            (x * 255 // 320 if c == 0 else y * 255 // 180 if c == 1 else 180)
            for y in range(180)
            for x in range(320)
            for c in range(3)
        ),
    )
    ex = [
        ExhibitEntry(
            "EX-0001",
            "The relay’s plans page, screen capture",
            "attachment",
            False,
            "Relay's plans page, screen capture",
            "data/exhibits/EX-0001/original.png",
            "hollowfern-plans.png",
            "image/png",
            148112,
            H("png"),
            (("url", "https://hollowfern-relay.example/plans"), ("captured_at", "2026-09-29T08:12:47Z")),
            1,
            17,
            H("l1"),
            "0" * 64,
            "",
            None,
            "",
            "2026-09-29 08:12:47 UTC",
            "2026-09-29T08:12:47Z",
            "UTC",
            "",
            Excerpt((), 0, ""),
            0,
            ("Prices are listed per million tokens." + hostile,),
            pic,
            "",
        ),
        ExhibitEntry(
            "EX-0002",
            "First request of the second pool",
            "event",
            False,
            "",
            "data/exhibits/EX-0002/exhibit.json",
            "",
            "",
            0,
            "",
            None,
            None,
            22,
            H("l2"),
            "",
            "S-01 requests.csv",
            25112,
            H("o") + "/requests/25110",
            "2026-09-30 16:31:05.120000 UTC",
            "30.09.2026 18:31:05,12",
            "Europe/Berlin",
            "",
            Excerpt(tuple((f"column_{i}", f"value {i}" + (hostile if i == 1 else "")) for i in range(12)), 12, ""),
            0,
            (),
            None,
            "",
        ),
        ExhibitEntry(
            "EX-0003",
            "Message that threatens a reviewer",
            "attachment",
            True,
            "",
            "data/exhibits/EX-0003/original.jpg",
            "IMG_2201.jpg",
            "image/jpeg",
            2201441,
            H("jpg"),
            None,
            2,
            18,
            H("l3"),
            H("l1"),
            "",
            None,
            "",
            "",
            "",
            "",
            "",
            Excerpt((), 0, ""),
            0,
            (),
            None,
            "Not drawn: it is marked sensitive. The file is enclosed.",
        ),
    ]
    led = [
        CustodyEntry(
            i,
            f"2026-10-01 07:{i % 60:02d}:44.118200",
            "Ines Marlowe" if i % 3 else "typed name",
            H("key") if i % 3 else "unauthenticated",
            ["received", "imported", "opened", "annotated"][i % 4],
            ["source 1, requests.csv", "source 1", "attachment 2", "mark 19"][i % 4] + (hostile if i == 5 else ""),
            H(str(i)),
            i % 17 == 16,
        )
        for i in range(n_ledger)
    ]
    ch = [
        ChainLink(1, "Relay's plans page, screen capture", "EX-0001", H("png"), 17, H("l1"), "0" * 64),
        ChainLink(2, "IMG_2201.jpg", "EX-0003", H("jpg"), 18, H("l3"), H("l1")),
        ChainLink(3, "offer-forwarded.eml", "", H("eml"), 19, H("l4"), H("l3")),
    ]
    return ReportModel(
        cov,
        (j1, j2),
        (q1, q2),
        src,
        tl,
        Excerpt(tuple(ex), 3, "data/exhibits/"),
        Excerpt(tuple(led), n_ledger + 80, "data/custody/ledger.jsonl"),
        Excerpt(tuple(ch), 3, "data/custody/ledger.jsonl"),
        Totals(False, 27214, 14024, 3, 2, 1, 143, 8),
        ("01-examiner",),
        False,
        True,
        (("casebound", "0.1.0"), ("build", H("b")), ("Python", "3.11.7"), ("DuckDB", "2.0.1")),
    )
