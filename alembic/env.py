"""Runs the migrations against the database of the settings."""

import logging.config

import psycopg
from alembic import context
from alembic.util import CommandError
from sqlalchemy import create_engine, pool

from fitness_pipeline.db.failures import explained_connect
from fitness_pipeline.db.provision import existing_database_url
from fitness_pipeline.errors import FitnessPipelineError
from fitness_pipeline.settings import load_settings

config = context.config
if config.config_file_name is not None and not config.attributes.get("is_quiet"):
    logging.config.fileConfig(config.config_file_name, disable_existing_loggers=False)


def migrate() -> None:
    """Run the migrations in one transaction that only one process at a time can be in."""
    try:
        url = config.attributes.get("url") or existing_database_url(load_settings())
        with explained_connect():
            psycopg.connect(url, connect_timeout=10).close()
    except FitnessPipelineError as error:
        raise CommandError(str(error)) from error  # which the command line shows as one line
    # SQLAlchemy gets a connection rather than a URL: psycopg then reads it with libpq's own rules.
    engine = create_engine(
        "postgresql+psycopg://", creator=lambda: psycopg.connect(url), poolclass=pool.NullPool
    )
    with engine.begin() as connection:
        connection.exec_driver_sql("select pg_advisory_xact_lock(hashtext('fitness_pipeline migrations'))")
        context.configure(connection=connection)
        with context.begin_transaction():
            context.run_migrations()


def print_sql() -> None:
    """Print the statements instead of running them (`alembic upgrade head --sql`)."""
    context.configure(dialect_name="postgresql", literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    print_sql()
else:
    migrate()
