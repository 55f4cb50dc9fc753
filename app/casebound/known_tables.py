"""The tables that enforcement teams export, by the names of their columns.

A table is recognised by what it shares with one of these.
"""

from __future__ import annotations

from dataclasses import dataclass

from casebound.case import ColumnRole

_R = ColumnRole


@dataclass(frozen=True, slots=True)
class KnownTable:
    """`needed` names must be there; `roles` says what they and others are for. All names are lower case."""

    name: str
    columns: tuple[str, ...]
    needed: tuple[str, ...]
    roles: dict[str, ColumnRole]


def _table(
    name: str, columns: str, needed: str, *, time: str = "", actor: str = "", action: str = "", object_: str = ""
) -> KnownTable:
    names = tuple(columns.split())
    key = names[0]
    roles = {key: _R.ID}
    for column, role in ((time, _R.TIME), (actor, _R.ACTOR), (action, _R.ACTION), (object_, _R.OBJECT)):
        if column:
            roles[column] = role
    for column in names[1:]:
        if (column not in roles and column.endswith(("_id", "_ip", "_by", "fingerprint"))) or column in (
            "ip",
            "asn",
            "email",
            "country",
        ):
            roles.setdefault(column, _R.ENTITY)
    return KnownTable(name, names, tuple(needed.split()), roles)


KNOWN_TABLES: tuple[KnownTable, ...] = (
    _table(
        "organizations",
        "organization_id organization_uuid name legal_name registration_country registration_no plan seat_count "
        "created_at verified_at "
        "verification_program parent_org_id status status_changed_at",
        "organization_id name created_at",
        time="created_at",
        action="status",
        object_="name",
    ),
    _table(
        "accounts",
        "account_id organization_id email email_normalized email_domain email_disposable phone_country "
        "display_name created_at "
        "signup_ip signup_user_agent signup_device_id kyc_status declared_country status banned_at pool_label",
        "account_id created_at",
        time="created_at",
        action="status",
        object_="email",
    ),
    _table(
        "api keys",
        "api_key_id key_prefix organization_id workspace_id created_by_account_id created_at revoked_at "
        "last_used_at status",
        "api_key_id created_at",
        time="created_at",
        actor="created_by_account_id",
        action="status",
        object_="organization_id",
    ),
    _table(
        "sessions",
        "session_id account_id started_at ended_at auth_method device_id ip access_path",
        "session_id account_id started_at",
        time="started_at",
        actor="account_id",
        action="auth_method",
        object_="access_path",
    ),
    _table(
        "requests",
        "request_id ts received_at organization_id account_id api_key_id session_id conversation_id surface "
        "endpoint model_id "
        "input_tokens output_tokens cache_read_tokens status_code stop_reason latency_ms ip asn country user_agent "
        "client_name "
        "client_version tls_fingerprint metadata_user_id tool_count prompt_hash system_prompt_hash template_cluster_id "
        "thinking_signature_id region",
        "request_id ts",
        time="ts",
        actor="account_id",
        action="endpoint",
        object_="model_id",
    ),
    _table(
        "payments",
        "payment_id organization_id account_id instrument_fingerprint card_bin card_last4 card_type issuer_country "
        "billing_name "
        "billing_country amount currency status decline_code chargeback_at ts",
        "payment_id ts",
        time="ts",
        actor="account_id",
        action="status",
        object_="instrument_fingerprint",
    ),
    _table(
        "detections",
        "detection_id detector_name detector_version rule_or_model_sha target_type target_id fired_at score "
        "threshold label window "
        "precision_at_threshold false_positive_rate sample_request_ids",
        "detection_id fired_at",
        time="fired_at",
        actor="target_id",
        action="label",
        object_="detector_name",
    ),
    _table(
        "reviews",
        "review_id queue target reviewer_id opened_at decided_at decision policy_clause_id confidence rationale "
        "second_reviewer_id "
        "second_decision disagreement_resolution sla_due_at exposure_level",
        "review_id decided_at",
        time="decided_at",
        actor="reviewer_id",
        action="decision",
        object_="target",
    ),
    _table(
        "enforcement actions",
        "action_id target_type target_id action reason_code policy_clause_id decided_by approved_by decided_at "
        "executed_at surface "
        "reversible notice_sent_at notice_text_sha256 appeal_id reversed_at",
        "action_id action executed_at",
        time="executed_at",
        actor="decided_by",
        action="action",
        object_="target_id",
    ),
    # Clauses are looked up, they do not happen: no time.
    _table(
        "policy clauses",
        "clause_id document version effective_from effective_to section text text_sha256 captured_from "
        "accepted_by_account_at",
        "clause_id text",
        object_="document",
    ),
)
