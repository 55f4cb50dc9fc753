"""The limits that a package declares about itself, so that they stand in the report as well as in package.json."""

from __future__ import annotations

import json

from casebound.store.packages import Prepared


def declared_limits(complete: bool, prepared: Prepared) -> tuple[str, ...]:
    """PARTIAL where the case holds more than is enclosed, REDACTED where custody lines or texts are withheld."""
    limits = () if complete else ("PARTIAL",)
    return (*limits, "REDACTED") if omitted_lines(prepared) or _withheld_texts(prepared) else limits


def omitted_lines(prepared: Prepared) -> int:
    """How many ledger lines this recipient gets as their hash alone."""
    return sum(line.startswith(b'{"omitted":') for line in prepared.lines)


def _withheld_texts(prepared: Prepared) -> int:
    committed = sum(len(json.loads(line).get("_sd", ())) for line in prepared.lines)
    return committed - len(prepared.disclosures)
