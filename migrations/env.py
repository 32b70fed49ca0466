"""How alembic reaches the database: through the application, one transaction for all steps."""

from alembic import context
from flask import current_app

from app.database import Moment, db

target = db.metadata


def run() -> None:
    options = current_app.extensions["migrate"].configure_args
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            # Rebuilding a table must not cascade into the tables that refer to it. The pragma
            # does nothing inside a transaction, which every statement of ours begins.
            connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=OFF")
        context.configure(
            connection=connection,
            target_metadata=target,
            process_revision_directives=_leave_out_empty,
            render_item=_plain_types,
            **options,
        )
        with context.begin_transaction():
            context.run_migrations()
        if connection.dialect.name == "sqlite":
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise RuntimeError(f"the migration broke references: {broken[:5]}")
            connection.commit()
            connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=ON")


def _leave_out_empty(migration_context, revision, directives) -> None:
    if getattr(context.config.cmd_opts, "autogenerate", False) and directives[0].upgrade_ops.is_empty():
        directives[:] = []


def _plain_types(kind: str, item, autogen_context) -> str | bool:
    """Migrations name no types of the program, which may change after them."""
    return "sa.DateTime(timezone=True)" if isinstance(item, Moment) else False


run()
