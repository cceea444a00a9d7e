"""Alembic's entry point: it works on the connection that `bot.database.engine` hands it."""

from alembic import context

from bot.database.record_tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite alters a table by copying it
)
with context.begin_transaction():
    context.run_migrations()
