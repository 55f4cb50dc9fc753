"""The payments workbook: real spreadsheet dates without a zone, a text date that does not exist, a row of totals.

openpyxl stamps the current time and compresses with whatever zlib is there; the parts are therefore packed again,
stored and
dated 1980, so that the file is the same everywhere.
"""

from __future__ import annotations

import io
import re
import zipfile

from casebound_resources.sample.making.desk import Payment
from casebound_resources.sample.making.exports import BERLIN_SUMMER
from casebound_resources.sample.making.tables import BROKEN_TIME, CLOSING_LINE, Tally

_HEADER = (
    "payment_id",
    "ts",
    "account_id",
    "organization_id",
    "instrument_fingerprint",
    "card_type",
    "billing_name",
    "amount",
    "currency",
    "status",
    "invoice_ref",
)


def payments_xlsx(held: list[Payment]) -> tuple[bytes, Tally]:
    """One sheet, `payments`."""
    from openpyxl import Workbook

    tally = Tally("payments")
    book = Workbook()
    sheet = book.active
    if sheet is None:
        raise RuntimeError("a new workbook has no sheet")
    sheet.title = "payments"
    sheet.append(_HEADER)
    line = 1
    for number, payment in enumerate(held):
        row = (
            payment.id,
            payment.at.astimezone(BERLIN_SUMMER).replace(tzinfo=None),
            payment.account.id,
            payment.account.organization,
            payment.account.card,
            payment.card_type,
            payment.billing,
            payment.cents / 100,
            "USD",
            payment.status,
            float(payment.account.reference) if number == 55 else payment.account.reference,
        )
        sheet.append(row)
        line += 1
        tally.keep(payment.id, payment.at)
        if number == 310:
            sheet.append(row)
            line += 1
            tally.double()
        elif number == 402:
            line += 1
            sheet.append(("pay_99001", "31.09.2026 10:00", *row[2:]))
            tally.quarantine(line, BROKEN_TIME)
    sheet.append(
        ("Total", None, None, None, None, None, None, sum(payment.cents for payment in held) / 100, "USD", None, None)
    )
    tally.quarantine(line + 1, CLOSING_LINE)
    sheet.column_dimensions["B"].width = 20
    buffer = io.BytesIO()
    book.save(buffer)
    return _repacked(buffer.getvalue()), tally


def _repacked(content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "docProps/core.xml":
                data = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"2026-10-05T07:31:00Z", data)
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            target.writestr(entry, data)
    return buffer.getvalue()
