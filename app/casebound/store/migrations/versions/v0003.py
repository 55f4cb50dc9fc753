"""Marks on ranges and entities, saved views, the evidence timeline, and column codes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add what a timeline of millions of events needs."""
    op.add_column("mark", sa.Column("from_us", sa.Integer(), nullable=True))
    op.add_column("mark", sa.Column("to_us", sa.Integer(), nullable=True))
    op.add_column("mark", sa.Column("field", sa.Text(), nullable=False, server_default=""))
    op.add_column("mark", sa.Column("value", sa.Text(), nullable=False, server_default=""))
    op.add_column("finding", sa.Column("views", sa.Text(), nullable=False, server_default="[]"))
    op.add_column("finding", sa.Column("removed", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("measure", sa.Column("removed", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "saved_view",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("where", sa.Text(), nullable=False),
        sa.Column("from_us", sa.Integer(), nullable=True),
        sa.Column("to_us", sa.Integer(), nullable=True),
        sa.Column("lanes", sa.Text(), nullable=False),
        sa.Column("columns", sa.Text(), nullable=False),
        sa.Column("sort", sa.Text(), nullable=False),
        sa.Column("descending", sa.Integer(), nullable=False),
        sa.Column("colour", sa.Text(), nullable=False),
        sa.Column("look", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.Text(), nullable=False),
        sa.Column("removed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_saved_view")),
        sqlite_strict=True,
    )
    op.create_table(
        "chronology",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("exhibit", sa.Integer(), nullable=True),
        sa.Column("from_us", sa.Integer(), nullable=True),
        sa.Column("to_us", sa.Integer(), nullable=True),
        sa.Column("caption", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("removed", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["exhibit"], ["exhibit.number"], name=op.f("fk_chronology_exhibit_exhibit")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_chronology")),
        sqlite_strict=True,
    )
    op.create_table(
        "column_codes",
        sa.Column("generation", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("built_at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("generation", "name", name=op.f("pk_column_codes")),
        sqlite_strict=True,
    )


def downgrade() -> None:
    """Take it away again."""
    op.drop_table("column_codes")
    op.drop_table("chronology")
    op.drop_table("saved_view")
    op.drop_column("measure", "removed")
    op.drop_column("finding", "removed")
    op.drop_column("finding", "views")
    for name in ("value", "field", "to_us", "from_us"):
        op.drop_column("mark", name)
