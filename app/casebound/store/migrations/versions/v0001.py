"""The first schema: a case, its ledger with disclosures, and people's work."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every table."""
    op.create_table(
        "attachment",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("sensitive", sa.Integer(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("line_seq", sa.Integer(), nullable=False),
        sa.Column("line_hash", sa.Text(), nullable=False),
        sa.Column("previous_hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_attachment")),
        sqlite_strict=True,
    )
    op.create_table(
        "case",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Text(), nullable=False),
        sa.Column("log_id", sa.Text(), nullable=False),
        sa.Column("ledger_size", sa.Integer(), nullable=False),
        sa.Column("ledger_head", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case")),
        sqlite_strict=True,
    )
    op.create_table(
        "finding",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("reasoning", sa.Text(), nullable=False),
        sa.Column("supports", sa.Text(), nullable=False),
        sa.Column("contradicts", sa.Text(), nullable=False),
        sa.Column("measures", sa.Text(), nullable=False),
        sa.Column("clause", sa.Text(), nullable=False),
        sa.Column("likelihood", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Text(), nullable=False),
        sa.Column("confidence_basis", sa.Text(), nullable=False),
        sa.Column("ask", sa.Text(), nullable=False),
        sa.Column("limits", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_finding")),
        sqlite_strict=True,
    )
    op.create_table(
        "ledger",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("line", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("item_type", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_ledger")),
        sqlite_strict=True,
    )
    op.create_index("ix_ledger_item", "ledger", ["item_type", "item_id"], unique=False)
    op.create_table(
        "measure",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("where", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("distinct", sa.Text(), nullable=False),
        sa.Column("from_us", sa.Integer(), nullable=True),
        sa.Column("to_us", sa.Integer(), nullable=True),
        sa.Column("result", sa.Integer(), nullable=False),
        sa.Column("of_where", sa.Text(), nullable=False),
        sa.Column("denominator", sa.Integer(), nullable=True),
        sa.Column("denominator_of", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_measure")),
        sqlite_strict=True,
    )
    op.create_table(
        "package",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("package_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("recipient_class", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("legal_basis", sa.Text(), nullable=False),
        sa.Column("prepared_at", sa.Text(), nullable=False),
        sa.Column("exported", sa.Integer(), nullable=False),
        sa.Column("evidence_root", sa.Text(), nullable=False),
        sa.Column("checkpoint_size", sa.Integer(), nullable=False),
        sa.Column("checkpoint_root", sa.Text(), nullable=False),
        sa.Column("checkpoint", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_package")),
        sqlite_strict=True,
    )
    op.create_table(
        "source",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("mapping", sa.Text(), nullable=False),
        sa.Column("read", sa.Integer(), nullable=False),
        sa.Column("kept", sa.Integer(), nullable=False),
        sa.Column("quarantined", sa.Integer(), nullable=False),
        sa.Column("duplicates", sa.Integer(), nullable=False),
        sa.Column("timed", sa.Integer(), nullable=False),
        sa.Column("first_us", sa.Integer(), nullable=True),
        sa.Column("last_us", sa.Integer(), nullable=True),
        sa.Column("expected", sa.Integer(), nullable=True),
        sa.Column("expected_from", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("generation", sa.Text(), nullable=False),
        sa.Column("generation_digest", sa.Text(), nullable=False),
        sa.Column("rows_digest", sa.Text(), nullable=False),
        sa.Column("importer", sa.Text(), nullable=False),
        sa.Column("imported_at", sa.Text(), nullable=False),
        sa.Column("imported_by", sa.Text(), nullable=False),
        sa.Column("warnings", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_source")),
        sa.UniqueConstraint("sha256", "member", "table_name", name=op.f("uq_source_sha256")),
        sqlite_strict=True,
    )
    op.create_table(
        "attachment_event",
        sa.Column("attachment", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attachment"], ["attachment.number"], name=op.f("fk_attachment_event_attachment_attachment")
        ),
        sa.PrimaryKeyConstraint("attachment", "event", name=op.f("pk_attachment_event")),
        sqlite_strict=True,
    )
    op.create_table(
        "disclosure",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("encoded", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["ledger.seq"], name=op.f("fk_disclosure_seq_ledger")),
        sa.PrimaryKeyConstraint("seq", "name", name=op.f("pk_disclosure")),
        sqlite_strict=True,
    )
    op.create_table(
        "exhibit",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event", sa.Text(), nullable=True),
        sa.Column("attachment", sa.Integer(), nullable=True),
        sa.Column("caption", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("removed", sa.Integer(), nullable=False),
        sa.Column("line_seq", sa.Integer(), nullable=False),
        sa.Column("line_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["attachment"], ["attachment.number"], name=op.f("fk_exhibit_attachment_attachment")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_exhibit")),
        sqlite_strict=True,
    )
    op.create_table(
        "mark",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=True),
        sa.Column("attachment", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("removed", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["attachment"], ["attachment.number"], name=op.f("fk_mark_attachment_attachment")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_mark")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_mark_event"), "mark", ["event"], unique=False)
    op.create_table(
        "exhibit_commitment",
        sa.Column("exhibit", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("encoded", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["exhibit"], ["exhibit.number"], name=op.f("fk_exhibit_commitment_exhibit_exhibit")),
        sa.PrimaryKeyConstraint("exhibit", "position", name=op.f("pk_exhibit_commitment")),
        sqlite_strict=True,
    )


def downgrade() -> None:
    """Drop every table."""
    op.drop_table("exhibit_commitment")
    op.drop_index(op.f("ix_mark_event"), table_name="mark")
    op.drop_table("mark")
    op.drop_table("exhibit")
    op.drop_table("disclosure")
    op.drop_table("attachment_event")
    op.drop_table("source")
    op.drop_table("package")
    op.drop_table("measure")
    op.drop_index("ix_ledger_item", table_name="ledger")
    op.drop_table("ledger")
    op.drop_table("finding")
    op.drop_table("case")
    op.drop_table("attachment")
