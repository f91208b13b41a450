"""Data frames that go through COPY come out as they went in."""

from datetime import UTC, datetime

import polars as pl
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from psycopg import sql

from fitness_pipeline.db import bulk
from fitness_pipeline.db.bulk import copied_frames, copy_frame
from fitness_pipeline.db.connection import AnyConnection

# Postgres has no zero byte in a text, and UTF-8 has no half of a surrogate pair.
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
AWKWARD = [
    "",
    "\\.",
    "a\n\\.\nb",
    "\\N",
    "NULL",
    '"',
    '""',
    "a,b",
    " a ",
    "\r\n",
    "\r",
    "\n",
    "\t",
    "b'\\n'",
    "🏃‍♀️",
    "﻿a",
]


def read(connection: AnyConnection, statement: sql.SQL, schema: dict[str, type[pl.DataType]]) -> pl.DataFrame:
    frames = list(copied_frames(connection, statement, schema))
    return pl.concat(frames) if frames else pl.DataFrame(schema=schema)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.none() | TEXTS | st.sampled_from(AWKWARD), max_size=8))
def test_any_text_and_its_absence_survive_the_way_in_and_out(
    scratch: AnyConnection, texts: list[str | None]
) -> None:
    frame = pl.DataFrame({"place": range(len(texts)), "text": pl.Series(texts, dtype=pl.String)})
    with scratch.transaction(force_rollback=True):
        scratch.execute("create temp table incoming (text text, place bigint)")
        copy_frame(scratch, "incoming", frame)
        stored = scratch.execute("select text from incoming order by place").fetchall()
        statement = sql.SQL("select place, text from incoming order by place")
        back = read(scratch, statement, {"place": pl.Int64, "text": pl.String})
    assert [text for (text,) in stored] == texts
    assert_frame_equal(back, frame)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    numbers=st.lists(st.none() | st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=8),
    instant=st.datetimes(timezones=st.just(UTC)),
    truth=st.booleans(),
)
def test_numbers_instants_and_truths_arrive_exactly(
    scratch: AnyConnection, numbers: list[float | None], instant: datetime, truth: bool
) -> None:
    frame = pl.DataFrame(
        {
            "place": range(len(numbers)),
            "number": pl.Series(numbers, dtype=pl.Float64),
            "instant": pl.Series([instant] * len(numbers), dtype=pl.Datetime("us", "UTC")),
            "truth": [truth] * len(numbers),
        }
    )
    with scratch.transaction(force_rollback=True):
        scratch.execute(
            "create temp table incoming (place int, number float8, instant timestamptz, truth boolean)"
        )
        copy_frame(scratch, "incoming", frame)
        rows = scratch.execute("select number, instant, truth from incoming order by place").fetchall()
    assert rows == [(number, instant, truth) for number in numbers]


def test_a_frame_without_rows_brings_none(scratch: AnyConnection) -> None:
    scratch.execute("create temp table incoming (text text)")
    copy_frame(scratch, "incoming", pl.DataFrame({"text": pl.Series([], dtype=pl.String)}))
    assert read(scratch, sql.SQL("select text from incoming"), {"text": pl.String}).height == 0


def test_a_query_without_rows_gives_no_frame(scratch: AnyConnection) -> None:
    assert list(copied_frames(scratch, sql.SQL("select 1 where false"), {"one": pl.Int64})) == []


def test_what_is_read_comes_in_frames_of_bounded_size_and_in_order(
    scratch: AnyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "_BATCH_BYTES", 1000)
    statement = sql.SQL(
        "select n, repeat('é', 50) || E'\\n' as text from generate_series(1, 100) as n order by n"
    )
    frames = list(copied_frames(scratch, statement, {"n": pl.Int64, "text": pl.String}))
    assert len(frames) > 5
    assert max(frame.height for frame in frames) <= 11
    assert pl.concat(frames)["n"].to_list() == list(range(1, 101))
    assert set(pl.concat(frames)["text"]) == {"é" * 50 + "\n"}


def test_the_connection_is_free_between_two_frames(scratch: AnyConnection) -> None:
    scratch.execute("create temp table seen (n bigint)")
    for frame in copied_frames(scratch, sql.SQL("select * from generate_series(1, 3)"), {"n": pl.Int64}):
        copy_frame(scratch, "seen", frame)
    assert scratch.execute("select n from seen").fetchall() == [(1,), (2,), (3,)]


def test_names_of_tables_and_columns_are_quoted(scratch: AnyConnection) -> None:
    scratch.execute('create temp table "odd "" table" ("Odd, column" text)')
    copy_frame(scratch, 'odd " table', pl.DataFrame({"Odd, column": ["a"]}))
    assert scratch.execute('select "Odd, column" from "odd "" table"').fetchall() == [("a",)]


def test_an_unknown_column_is_refused_by_postgres(scratch: AnyConnection) -> None:
    scratch.execute("create temp table incoming (text text)")
    with pytest.raises(psycopg.errors.UndefinedColumn), scratch.transaction():
        copy_frame(scratch, "incoming", pl.DataFrame({"other": ["a"]}))
