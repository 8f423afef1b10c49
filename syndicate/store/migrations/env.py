"""Run by Alembic, inside the transaction of ``migrate.upgrade``."""

from __future__ import annotations

from alembic import context

from syndicate.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite can undo DDL too, as long as nobody commits in between.
    transactional_ddl=True,
    # SQLite cannot alter most things: make a new table and copy.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
