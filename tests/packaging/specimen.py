"""What tests of the package share: a specimen, the people around it, and the means to tamper with it."""

from __future__ import annotations

from datetime import timedelta

from authorities import DOCUMENT_SIGNING, NOW, Authority
from specimen_members import (
    ATTACHED,
    ORIGIN,
    SEALED_AT,
    SOURCE,
    SOURCE_SHA,
    Log,
    jcs,
    members_and_log,
    row_id,
    seal_specimen,
    sha,
    signed_report,
    unsigned_report,
)
from tampering import (
    UNKNOWN,
    Files,
    Insider,
    as_other,
    edit_json,
    incremental_update,
    manifest,
    ordered,
    pack,
    unfold,
    unpack,
)

__all__ = [
    "ATTACHED",
    "DOCUMENT_SIGNING",
    "NOW",
    "ORIGIN",
    "SEALED_AT",
    "SOURCE",
    "SOURCE_SHA",
    "UNKNOWN",
    "Authority",
    "Files",
    "Insider",
    "Log",
    "as_other",
    "edit_json",
    "incremental_update",
    "jcs",
    "manifest",
    "members_and_log",
    "ordered",
    "pack",
    "row_id",
    "seal_specimen",
    "sha",
    "signed_report",
    "timedelta",
    "unfold",
    "unpack",
    "unsigned_report",
]
