"""The tables that enforcement teams export and the logs that come with them, by the names of their columns.

A table is recognised by what it shares with one of these. This module is data: to know another table, add a line.
"""

from __future__ import annotations

from casebound.knowntable import KnownTable, known

_CASES = (
    known(
        "case manifest",
        "export_id case_id exported_at exported_by source_system source_version query_text query_sha256 window_start "
        "window_end window_tz row_counts file_sha256 redaction_profile legal_hold_id",
        "export_id exported_at",
        key="export_id",
        time="exported_at",
        actor="exported_by",
        object_="source_system",
    ),
    known(
        "legal holds",
        "hold_id issued_at issued_by custodians scope preservation_confirmed_at released_at",
        "hold_id issued_at",
        key="hold_id",
        time="issued_at",
        actor="issued_by",
        object_="scope",
    ),
    known(
        "audit log",
        "actor ts action object before_sha after_sha",
        "actor ts action object",
        time="ts",
        actor="actor",
        action="action",
        object_="object",
    ),
    known(
        "communications",
        "message_id from to sent_at subject file_sha256",
        "from to sent_at",
        key="message_id",
        time="sent_at",
        actor="from",
        object_="to",
    ),
)

_CUSTOMERS = (
    known(
        "organizations",
        "organization_id organization_uuid name legal_name registration_country registration_no plan seat_count "
        "created_at verified_at verification_program parent_org_id status status_changed_at",
        "organization_id name created_at",
        key="organization_id",
        time="created_at",
        action="status",
        object_="name",
    ),
    known(
        "accounts",
        "account_id organization_id email email_normalized email_domain email_disposable phone_country display_name "
        "created_at signup_ip signup_user_agent signup_device_id kyc_status declared_country status banned_at "
        "pool_label",
        "account_id created_at",
        key="account_id",
        time="created_at",
        action="status",
        object_="email",
    ),
    # Somebody may belong twice to one organization, at different times.
    known(
        "memberships",
        "account_id organization_id role valid_from valid_to",
        "account_id organization_id valid_from",
        time="valid_from",
        actor="account_id",
        action="role",
        object_="organization_id",
    ),
    known(
        "api keys",
        "api_key_id key_prefix organization_id workspace_id created_by_account_id created_at revoked_at last_used_at "
        "status",
        "api_key_id created_at",
        key="api_key_id",
        time="created_at",
        actor="created_by_account_id",
        action="status",
        object_="organization_id",
    ),
    known(
        "devices",
        "device_id fingerprint os browser tz_offset locale first_seen",
        "device_id first_seen",
        key="device_id",
        time="first_seen",
        object_="fingerprint",
    ),
    known(
        "payments",
        "payment_id organization_id account_id instrument_fingerprint card_bin card_last4 card_type issuer_country "
        "billing_name billing_country amount currency status decline_code chargeback_at ts",
        "payment_id ts",
        key="payment_id",
        time="ts",
        actor="account_id",
        action="status",
        object_="instrument_fingerprint",
    ),
)

_TRAFFIC = (
    known(
        "sessions",
        "session_id account_id started_at ended_at auth_method device_id ip access_path",
        "session_id account_id started_at",
        key="session_id",
        time="started_at",
        actor="account_id",
        action="auth_method",
        object_="access_path",
    ),
    known(
        "requests",
        "request_id ts received_at organization_id account_id api_key_id session_id conversation_id surface endpoint "
        "model_id input_tokens output_tokens cache_read_tokens status_code stop_reason latency_ms ip asn country "
        "user_agent client_name client_version tls_fingerprint metadata_user_id tool_count prompt_hash "
        "system_prompt_hash template_cluster_id thinking_signature_id region",
        "request_id ts",
        key="request_id",
        time="ts",
        actor="account_id",
        action="endpoint",
        object_="model_id",
    ),
    # A request has several prompts, and prompts and outputs are looked up by it: no time and no key of their own.
    known(
        "prompts",
        "request_id turn_index role content content_sha256 content_truncated original_length language redacted "
        "content_flags",
        "request_id turn_index content",
        action="role",
        object_="content",
    ),
    known(
        "outputs",
        "request_id content content_sha256 truncated refusal",
        "request_id content refusal",
        object_="content",
    ),
    known(
        "ip observations",
        "ip asn as_org ip_type country first_seen last_seen account_count source source_retrieved_at",
        "ip first_seen",
        time="first_seen",
        actor="ip",
        action="ip_type",
        object_="as_org",
    ),
    known("model releases", "model_id released_at surface", "model_id released_at", time="released_at",
          action="surface", object_="model_id"),
)  # fmt: skip

_ANALYSIS = (
    known(
        "entity links",
        "link_id left_type left_id right_type right_id basis value first_seen last_seen strength rule_id analyst_id",
        "left_id right_id basis",
        key="link_id",
        time="first_seen",
        actor="left_id",
        action="basis",
        object_="right_id",
        entities="value",
    ),
    known(
        "clusters",
        "cluster_id name method method_version params created_at",
        "cluster_id method created_at",
        key="cluster_id",
        time="created_at",
        action="method",
        object_="name",
    ),
    known(
        "cluster members",
        "cluster_id member_type member_id score added_by exclusive",
        "cluster_id member_id",
        actor="member_id",
        action="member_type",
        object_="cluster_id",
    ),
    known(
        "detections",
        "detection_id detector_name detector_version rule_or_model_sha target_type target_id fired_at score threshold "
        "label window precision_at_threshold false_positive_rate sample_request_ids",
        "detection_id fired_at",
        key="detection_id",
        time="fired_at",
        actor="target_id",
        action="label",
        object_="detector_name",
    ),
    known(
        "osint captures",
        "capture_id url final_url captured_at capture_tz tool tool_version operator file sha256 wacz warc screenshot "
        "html http_status title archive_location perceptual_hash source_reliability info_credibility notes",
        "url captured_at",
        key="capture_id",
        time="captured_at",
        actor="operator",
        action="tool",
        object_="url",
    ),
    known(
        "intel reports",
        "report_id source received_at tlp pap handling text_ref corroborates_claim_ids independence_note",
        "report_id received_at",
        key="report_id",
        time="received_at",
        actor="source",
        action="tlp",
        object_="text_ref",
    ),
    known(
        "partner reports",
        "report_id source received_at tlp pap handling text_ref corroborates_claim_ids independence_note",
        "report_id received_at",
        key="report_id",
        time="received_at",
        actor="source",
        action="tlp",
        object_="text_ref",
    ),
)

_DECISIONS = (
    known(
        "reviews",
        "review_id queue target reviewer_id opened_at decided_at decision policy_clause_id confidence rationale "
        "second_reviewer_id second_decision disagreement_resolution sla_due_at exposure_level",
        "review_id decided_at",
        key="review_id",
        time="decided_at",
        actor="reviewer_id",
        action="decision",
        object_="target",
    ),
    known(
        "enforcement actions",
        "action_id target_type target_id action reason_code policy_clause_id decided_by approved_by decided_at "
        "executed_at surface reversible notice_sent_at notice_text_sha256 appeal_id reversed_at",
        "action_id action executed_at",
        key="action_id",
        time="executed_at",
        actor="decided_by",
        action="action",
        object_="target_id",
    ),
    known(
        "appeals",
        "appeal_id action_id filed_at grounds outcome decided_by decided_at",
        "appeal_id filed_at",
        key="appeal_id",
        time="filed_at",
        actor="decided_by",
        action="outcome",
        object_="action_id",
    ),
    # Clauses are looked up, they do not happen: no time.
    known(
        "policy clauses",
        "clause_id document version effective_from effective_to section text text_sha256 captured_from "
        "accepted_by_account_at",
        "clause_id text",
        key="clause_id",
        object_="document",
    ),
)

_LOGS = (
    known(
        "timesketch",
        "message datetime timestamp timestamp_desc data_type display_name parser source_long source_short source_name "
        "tag label event_identifier event_level computer_name hostname username user_sid message_identifier offset "
        "record_number recovered sha256_hash strings path_spec xml_string",
        "datetime timestamp_desc",
        time="datetime",
        actor="username user user_sid computer_name hostname source_name",
        action="timestamp_desc",
        object_="message display_name",
        entities="computer_name user_sid username hostname sha256_hash",
        title="Timesketch timeline",
        certain=True,
        second_time=("timestamp", "epoch-us"),
    ),
    known(
        "cloudtrail",
        "eventversion useridentity.type useridentity.principalid useridentity.arn useridentity.accountid "
        "useridentity.accesskeyid useridentity.username eventtime eventsource eventname awsregion sourceipaddress "
        "useragent errorcode errormessage requestid eventid readonly eventtype managementevent recipientaccountid",
        "eventname eventsource awsregion",
        key="eventid",
        time="eventtime @timestamp",
        actor="useridentity.arn useridentity.username useridentity.principalid useridentity.invokedby",
        action="eventname",
        object_="eventsource",
        entities="sourceipaddress useridentity.accesskeyid useridentity.accountid useridentity.username "
        "useridentity.principalid recipientaccountid requestid useragent",
        title="CloudTrail log",
        certain=True,
    ),
    known(
        "activities",
        "id created_at organization_id organization_uuid actor.type actor.email_address actor.user_id actor.ip_address "
        "actor.user_agent type claude_chat_id",
        "created_at type actor.type",
        key="id",
        time="created_at",
        actor="actor.email_address actor.user_id actor.ip_address",
        action="type",
        object_="organization_id",
        entities="actor.user_id actor.ip_address actor.user_agent claude_chat_id",
        title="activity log of a compliance interface",
    ),
    known(
        "web log",
        "remote_addr remote_user time_local time_iso8601 request request_method request_uri status body_bytes_sent "
        "http_referer http_user_agent http_x_forwarded_for host request_time",
        "remote_addr status",
        time="time_iso8601 time_local time msec",
        actor="remote_addr",
        action="request_method request",
        object_="request_uri request host",
        entities="http_user_agent http_x_forwarded_for remote_user",
        title="web log",
    ),
)

KNOWN_TABLES: tuple[KnownTable, ...] = (*_CASES, *_CUSTOMERS, *_TRAFFIC, *_ANALYSIS, *_DECISIONS, *_LOGS)
