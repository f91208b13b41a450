"""The statements in `sql/`: each is there, says what it does, and is used."""

from pathlib import Path

import pytest
from psycopg import sql

from fitness_pipeline import db
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.queries import composed, query

FOLDER = Path(db.__file__).parent
NAMES = sorted(path.stem for path in (FOLDER / "sql").glob("*.sql"))


@pytest.mark.parametrize("name", NAMES)
def test_a_statement_begins_with_a_sentence_on_what_it_does(name: str) -> None:
    lines = query(name).decode().splitlines()
    sentence = " ".join(line.removeprefix("-- ") for line in lines if line.startswith("--"))
    assert lines[0].startswith("-- ")
    assert sentence[0].isupper()
    assert sentence.endswith(".")


def test_every_statement_is_used() -> None:
    modules = "".join(path.read_text() for path in FOLDER.glob("*.py"))
    assert [name for name in NAMES if f'"{name}"' not in modules] == []


def test_an_unknown_statement_is_an_error() -> None:
    with pytest.raises(FileNotFoundError, match="no_such_statement"):
        query("no_such_statement")


def test_identifiers_are_put_in_quoted(scratch: AnyConnection) -> None:
    statement = composed("insert_new_runs", source=sql.Identifier('a"; drop table runs; --'))
    assert '"a""; drop table runs; --"' in statement.as_string(scratch)
