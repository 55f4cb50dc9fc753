"""Run by Alembic with the connection that `casebound.store.schema` hands over; there is no alembic.ini."""

from __future__ import annotations

from alembic import context

import casebound.store.custodymodels  # noqa: F401  its tables belong to the same schema
from casebound.store.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite cannot alter a column in place
    transactional_ddl=True,
)
context.run_migrations()
