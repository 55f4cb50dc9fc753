"""Mends, clock corrections and text indexes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add what bringing in more than once needs."""
    op.add_column("source", sa.Column("clock_us", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("source", sa.Column("clock_reason", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "mend",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Integer(), nullable=False),
        sa.Column("recipe", sa.Text(), nullable=False),
        sa.Column("read", sa.Integer(), nullable=False),
        sa.Column("kept", sa.Integer(), nullable=False),
        sa.Column("quarantined", sa.Integer(), nullable=False),
        sa.Column("duplicates", sa.Integer(), nullable=False),
        sa.Column("timed", sa.Integer(), nullable=False),
        sa.Column("first_us", sa.Integer(), nullable=True),
        sa.Column("last_us", sa.Integer(), nullable=True),
        sa.Column("generation", sa.Text(), nullable=False),
        sa.Column("generation_digest", sa.Text(), nullable=False),
        sa.Column("rows_digest", sa.Text(), nullable=False),
        sa.Column("importer", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["source"], ["source.number"], name=op.f("fk_mend_source_source")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_mend")),
        sqlite_strict=True,
    )
    op.create_table(
        "text_index",
        sa.Column("generation", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("built_at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("generation", name=op.f("pk_text_index")),
        sqlite_strict=True,
    )


def downgrade() -> None:
    """Take it away again."""
    op.drop_table("text_index")
    op.drop_table("mend")
    op.drop_column("source", "clock_reason")
    op.drop_column("source", "clock_us")
