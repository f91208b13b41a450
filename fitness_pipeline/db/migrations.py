"""The schema's version: which one a database has, which one this program needs, and getting there."""

from typing import TYPE_CHECKING

import psycopg
from psycopg import errors as pg

from fitness_pipeline.db.failures import MIGRATE, explained, explained_connect
from fitness_pipeline.errors import NewerThanThisProgram, NotMigrated
from fitness_pipeline.project import shipped_file

if TYPE_CHECKING:
    from alembic.config import Config


def upgrade(url: str) -> bool:
    """Bring the database's schema to the newest version.

    Args:
        url: the database.

    Returns:
        Whether there was anything to do.

    Raises:
        NewerThanThisProgram: a newer version of this program has migrated it already.
        PermissionMissing: the database user may not create schemas or tables.
    """
    from alembic import command  # here, so that loading the definitions stays fast

    before = current_revision(url)
    config = _config()
    newest = _newest_revision(config, known=before)
    if before == newest:
        return False
    config.attributes["url"] = url
    config.attributes["is_quiet"] = True
    with explained():
        try:
            command.upgrade(config, "head")
        except Exception as error:
            # SQLAlchemy wraps the driver's exception; the driver's own says what happened.
            if isinstance(error.__cause__, psycopg.Error):
                raise error.__cause__ from None
            raise
    return True


def check(url: str) -> None:
    """Make sure that the database has the schema that this program needs.

    Args:
        url: the database.

    Raises:
        NotMigrated: it has none, or an older one.
        NewerThanThisProgram: it has a newer one.
    """
    current = current_revision(url)
    if current is None:
        raise NotMigrated(f"The database has no tables of this program yet. {MIGRATE}")
    if current != _newest_revision(_config(), known=current):
        raise NotMigrated(f"The database has the tables of an older version ({current}). {MIGRATE}")


def current_revision(url: str) -> str | None:
    """Return the revision that the database has, or None when it was never migrated.

    Args:
        url: the database.
    """
    with explained_connect():
        connection = psycopg.connect(url, connect_timeout=10)
    with connection, explained():
        try:
            row = connection.execute("select version_num from alembic_version").fetchone()
        except pg.UndefinedTable:
            return None
    return row[0] if row else None


def _newest_revision(config: "Config", known: str | None) -> str:
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory.from_config(config)
    revisions = {script.revision for script in scripts.walk_revisions()}
    if known is not None and known not in revisions:
        raise NewerThanThisProgram(
            f"The database was migrated by a newer version of this program (its schema is {known}). "
            "Update this program, or use another database."
        )
    newest = scripts.get_current_head()
    if newest is None:
        raise NotMigrated("This program comes without migrations. Install it again.")
    return newest


def _config() -> "Config":
    from alembic.config import Config

    return Config(shipped_file("alembic.ini"))
