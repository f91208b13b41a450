"""Every step of the schema leads there, back, and there again, with the data in place."""

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from psycopg import sql

from fitness_pipeline import db
from fitness_pipeline.db import migrations
from fitness_pipeline.db.connection import AnyConnection, open_connection
from fitness_pipeline.db.queries import fetch_value
from fitness_pipeline.errors import NewerThanThisProgram, NotMigrated
from fitness_pipeline.project import shipped_file
from fitness_pipeline_tests.builders import Importer, Workout, the_run
from fitness_pipeline_tests.db.rows import ROWS

PUBLIC_TABLES = ("oauth_credentials", "runs", "runs_history", "shoes", "sync_metadata", "synced_runs")
COLUMNS = """
    select attrelid::regclass::text, attname, format_type(atttypid, atttypmod), attnotnull,
           pg_get_expr(adbin, adrelid), attidentity, col_description(attrelid, attnum)
    from pg_attribute
    left join pg_attrdef on adrelid = attrelid and adnum = attnum
    join pg_class on pg_class.oid = attrelid
    where attnum > 0 and not attisdropped
      and relnamespace::regnamespace::text in ('public', 'raw', 'normalized')
"""
ALL_ELSE = """
    select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint
    where connamespace::regnamespace::text in ('public', 'raw', 'normalized')
    union all
    select tablename, indexname, indexdef from pg_indexes where schemaname in ('public', 'raw', 'normalized')
    union all
    select tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) from pg_trigger where not tgisinternal
    union all
    select proname, '', pg_get_functiondef(oid) from pg_proc
    where pronamespace::regnamespace::text in ('public', 'raw', 'normalized')
    union all
    select relname, relkind::text, obj_description(oid, 'pg_class') from pg_class
    where relnamespace::regnamespace::text in ('public', 'raw', 'normalized')
"""


def config(url: str) -> Config:
    made = Config(shipped_file("alembic.ini"))
    made.attributes["url"] = url
    made.attributes["is_quiet"] = True
    return made


def schema_of(url: str) -> set[tuple[object, ...]]:
    """All that makes a schema: columns, constraints, indexes, triggers, functions, comments."""
    with open_connection(url) as connection:
        found = set(connection.execute(COLUMNS)) | set(connection.execute(ALL_ELSE))
    return {facts for facts in found if not str(facts[0]).startswith("alembic_version")}


def rows_of(url: str) -> dict[str, list[tuple[object, ...]]]:
    """The rows of every public table."""
    with open_connection(url) as connection:
        return {
            table: connection.execute(
                sql.SQL("select * from {} order by 1").format(sql.Identifier(table))
            ).fetchall()
            for table in PUBLIC_TABLES
        }


@pytest.fixture
def filled(connection: AnyConnection, tmp_path: Path) -> AnyConnection:
    """A database with data in every public table and in the bookkeeping."""
    take = Importer(connection, tmp_path)
    take(Workout(id=1, notes="Shoes: A"), Workout(id=2, day="never"), ["too", "short"])
    db.runs_history.update_run_with_history("mmf_1", {"distance": 8.0}, "Ada", conn=connection)
    take(Workout(id=1, distance="4", notes="Shoes: A"))
    for table, statement in ROWS.items():
        if table != "shoes":
            connection.execute(statement.encode())
    return connection


def test_every_step_leads_there_back_and_there_again(empty_database_url: str) -> None:
    scripts = ScriptDirectory.from_config(config(empty_database_url))
    steps = [script.revision for script in scripts.walk_revisions()][::-1]
    assert steps[:2] == ["0001", "0002"]
    schemas = [schema_of(empty_database_url)]
    for revision in steps:
        command.upgrade(config(empty_database_url), revision)
        schemas.append(schema_of(empty_database_url))
    for expected in reversed(schemas[:-1]):
        command.downgrade(config(empty_database_url), "-1")
        assert schema_of(empty_database_url) == expected
    for revision, expected in zip(steps, schemas[1:], strict=True):
        command.upgrade(config(empty_database_url), revision)
        assert schema_of(empty_database_url) == expected


def test_the_data_of_the_public_tables_survives_the_steps_that_keep_them(
    filled: AnyConnection, database_url: str
) -> None:
    before = rows_of(database_url)
    assert all(before.values())
    command.downgrade(config(database_url), "0001")
    assert rows_of(database_url) == before
    command.upgrade(config(database_url), "head")
    assert rows_of(database_url) == before


def test_a_database_with_data_goes_all_the_way_down_and_up_and_works_again(
    filled: AnyConnection, database_url: str, tmp_path: Path
) -> None:
    before = schema_of(database_url)
    command.downgrade(config(database_url), "base")
    assert fetch_value(filled, "select count(*) from pg_tables where schemaname = 'public'") == 1
    assert migrations.current_revision(database_url) is None
    assert migrations.upgrade(database_url)
    assert schema_of(database_url) == before
    assert not any(rows_of(database_url).values())
    Importer(filled, tmp_path)(Workout(id=7))
    assert the_run(filled, "mmf_7").version == 1


def test_after_the_bookkeeping_was_taken_away_an_import_rebuilds_it_and_keeps_the_runs(
    filled: AnyConnection, database_url: str, tmp_path: Path
) -> None:
    run = the_run(filled)
    command.downgrade(config(database_url), "0001")
    command.upgrade(config(database_url), "head")
    done = Importer(filled, tmp_path)(Workout(id=1, distance="4", notes="Shoes: A"))
    assert (done.merged.inserted, done.merged.updated) == (0, 0)
    assert the_run(filled) == run


def test_upgrading_twice_does_nothing_the_second_time(empty_database_url: str) -> None:
    with pytest.raises(NotMigrated, match="db upgrade"):
        migrations.check(empty_database_url)
    assert migrations.upgrade(empty_database_url)
    assert not migrations.upgrade(empty_database_url)
    migrations.check(empty_database_url)


def test_processes_that_upgrade_at_once_all_end_well(empty_database_url: str) -> None:
    """They go to work on a database that is empty for all of them."""
    program = "import sys; from fitness_pipeline.db.migrations import upgrade; upgrade(sys.argv[1])"
    with open_connection(empty_database_url) as connection, connection.transaction():
        connection.execute("select pg_advisory_xact_lock(hashtext('fitness_pipeline migrations'))")
        upgrades = [
            subprocess.Popen(
                [sys.executable, "-c", program, empty_database_url], stderr=subprocess.PIPE, text=True
            )
            for _ in range(3)
        ]
        waiting = "select count(distinct pid) from pg_locks where not granted"
        while fetch_value(connection, waiting) < len(upgrades):
            assert all(process.poll() is None for process in upgrades)
    assert [(process.communicate()[1], process.returncode) for process in upgrades] == [("", 0)] * 3
    migrations.check(empty_database_url)


@pytest.mark.parametrize("use", [migrations.check, migrations.upgrade])
def test_a_database_of_a_newer_program_is_left_alone(
    connection: AnyConnection, database_url: str, use: Callable[[str], object]
) -> None:
    connection.execute("update alembic_version set version_num = '9999'")
    with pytest.raises(NewerThanThisProgram, match=r"9999.*Update this program"):
        use(database_url)


def test_a_database_of_an_older_program_is_not_used(database_url: str) -> None:
    command.downgrade(config(database_url), "0001")
    with pytest.raises(NotMigrated, match=r"older version \(0001\).*db upgrade"):
        migrations.check(database_url)
    assert migrations.upgrade(database_url)


def alembic(folder: Path, *arguments: str, **variables: str) -> str:
    """Run the command `alembic` in a folder as a person would; return what it says."""
    done = subprocess.run(
        [sys.executable, "-m", "alembic", *arguments],
        cwd=folder,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_new_migration_is_a_file_that_is_ready_to_edit(empty_database_url: str, tmp_path: Path) -> None:
    shutil.copytree(
        shipped_file("alembic"), tmp_path / "alembic", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copy(shipped_file("alembic.ini"), tmp_path)
    newest = ScriptDirectory(str(tmp_path / "alembic")).get_current_head()
    known = set((tmp_path / "alembic" / "versions").glob("*.py"))
    alembic(tmp_path, "revision", "-m", 'Splits, "laps" & more')
    (made,) = set((tmp_path / "alembic" / "versions").glob("*.py")) - known
    assert made.name.endswith("_splits_laps_more.py")

    spec = importlib.util.spec_from_file_location("made", made)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.down_revision == newest
    assert callable(module.upgrade)
    assert callable(module.downgrade)

    written = made.read_text().replace("-- the statements of this step", "create table laps (id int);")
    made.write_text(
        written.replace("-- the statements that take them back, keeping the data", "drop table laps;")
    )
    alembic(tmp_path, "upgrade", "head", DATABASE_URL=empty_database_url)
    assert migrations.current_revision(empty_database_url) == module.revision
    alembic(tmp_path, "downgrade", "-1", DATABASE_URL=empty_database_url)
    assert migrations.current_revision(empty_database_url) == newest


def test_the_statements_can_be_printed_instead_of_run() -> None:
    printed = alembic(shipped_file("alembic.ini").parent, "upgrade", "head", "--sql")
    assert "create table runs (" in printed
    assert "create schema normalized" in printed
