"""Run by alembic. The connection is handed in by ``matpho.plugins.stores.migrate``, inside its transaction."""

from alembic import context

from matpho.plugins.stores.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
