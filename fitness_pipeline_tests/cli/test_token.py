"""`fitness-pipeline token`."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fitness_pipeline.cli.token import end_of
from fitness_pipeline.db.api_tokens import find_token, mint_token, revoke_token
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.errors import InvalidValue
from fitness_pipeline_tests.cli.conftest import Run

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def database(database_url: str, data_dir: Path) -> None:
    """Each of these has a database of its own."""


def test_a_token_that_is_minted_works_and_is_all_that_is_printed(run: Run, connection: AnyConnection) -> None:
    ended = run("token", "mint", "--name", "the dashboard", "--role", "viewer", "--expires", "30")
    assert ended.code == 0
    (token,) = ended.out.splitlines()
    assert "cannot be shown again" in ended.err
    known = find_token(token, conn=connection)
    assert known is not None
    assert known.expires_at is not None
    assert (known.name, known.role) == ("the dashboard", "viewer")
    assert abs(known.expires_at - known.created_at - timedelta(days=30)) < timedelta(minutes=10)


def test_tokens_are_listed_without_what_is_secret_of_them(run: Run, connection: AnyConnection) -> None:
    token = mint_token("phone", "editor", conn=connection).get_secret_value()
    mint_token("tablet", "viewer", conn=connection)
    find_token(token, conn=connection)
    revoke_token("tablet", conn=connection)
    ended = run("token", "list")
    assert ended.out.splitlines()[0].split() == ["name", "role", "works", "made", "last", "used", "expires"]
    phone, tablet = ended.out.splitlines()[1:]
    assert phone.split()[:3] == ["phone", "editor", "yes"]
    assert tablet.split()[:3] == ["tablet", "viewer", "revoked"]
    listed = json.loads(run("token", "list", "--json").out)
    assert [(one["name"], one["revoked_at"] is None) for one in listed] == [
        ("phone", True),
        ("tablet", False),
    ]
    assert token not in ended.out + json.dumps(listed)


def test_who_has_no_token_is_told_how_to_make_one(run: Run) -> None:
    assert "`fitness-pipeline --env test token mint --name NAME --role viewer`" in run("token", "list").out


def test_a_revoked_token_works_no_more(run: Run, connection: AnyConnection) -> None:
    token = mint_token("phone", "editor", conn=connection).get_secret_value()
    assert run("token", "revoke", "phone").code == 0
    assert find_token(token, conn=connection) is None
    again = run("token", "revoke", "nobody")
    assert again.code == 2
    assert "`fitness-pipeline --env test token list`" in again.err


def test_a_role_is_one_of_two(run: Run) -> None:
    assert run("token", "mint", "--name", "phone", "--role", "owner").code == 2


def test_a_token_lives_for_days_or_to_the_end_of_a_day() -> None:
    assert end_of("7", now=NOON) == datetime(2026, 11, 30, 12, tzinfo=UTC)
    assert end_of("2026-11-23", now=NOON) == datetime(2026, 11, 24, tzinfo=UTC)


@pytest.mark.parametrize("expires", ["0", "2026-11-22", "tomorrow", "-3", "999999999", "9999-12-31", "²"])
def test_an_end_that_has_passed_or_is_none_is_refused(expires: str) -> None:
    with pytest.raises(InvalidValue):
        end_of(expires, now=NOON)
