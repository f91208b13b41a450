"""Tokens open what their role says, as long as they live; nobody can read them back."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from fitness_pipeline.db.api_tokens import (
    ApiToken,
    find_token,
    get_tokens,
    has_living_token,
    mint_token,
    revoke_token,
)
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.queries import fetch_value
from fitness_pipeline.errors import InvalidValue, TokenNotFound

TOMORROW = datetime.now(UTC) + timedelta(days=1)
YESTERDAY = datetime.now(UTC) - timedelta(days=1)


def found(token: SecretStr, connection: AnyConnection) -> ApiToken | None:
    return find_token(token.get_secret_value(), conn=connection)


def test_a_token_is_found_with_its_name_and_role(scratch: AnyConnection) -> None:
    token = mint_token(" dashboard ", "viewer", TOMORROW, conn=scratch)
    known = found(token, scratch)
    assert known is not None
    assert (known.name, known.role, known.expires_at) == ("dashboard", "viewer", TOMORROW)


def test_a_token_has_256_random_bits_and_is_not_stored(scratch: AnyConnection) -> None:
    tokens = {mint_token(f"{number}", "viewer", conn=scratch).get_secret_value() for number in range(20)}
    assert {len(token) for token in tokens} == {len("fp_") + 43}
    kept = fetch_value(scratch, "select string_agg(api_tokens::text, '') from normalized.api_tokens")
    assert not any(token in kept or token.encode().hex() in kept for token in tokens)


@pytest.mark.parametrize("token", ["", "fp_", "fp_0", "\x00", "\ud800", "ä" * 10_000], ids=range(6))
def test_what_is_no_token_opens_nothing(scratch: AnyConnection, token: str) -> None:
    mint_token("somebody", "editor", conn=scratch)
    assert find_token(token, conn=scratch) is None


@pytest.mark.parametrize("name", ["strava", "MMF", " Hevy ", "system"])
def test_a_token_is_not_called_what_no_person_may_sign_edits_with(scratch: AnyConnection, name: str) -> None:
    with pytest.raises(InvalidValue, match="Choose another name"):
        mint_token(name, "editor", conn=scratch)
    assert get_tokens(conn=scratch) == []


def test_an_expired_token_opens_nothing(scratch: AnyConnection) -> None:
    assert found(mint_token("old", "editor", YESTERDAY, conn=scratch), scratch) is None


def test_a_revoked_token_opens_nothing_and_revoking_twice_is_revoking_once(scratch: AnyConnection) -> None:
    token = mint_token("lost", "editor", conn=scratch)
    revoke_token("lost", conn=scratch)
    (before,) = get_tokens(conn=scratch)
    revoke_token("lost", conn=scratch)
    assert found(token, scratch) is None
    assert get_tokens(conn=scratch) == [before]


def test_whether_it_works_follows_from_its_dates(scratch: AnyConnection) -> None:
    mint_token("a", "viewer", TOMORROW, conn=scratch)
    mint_token("b", "viewer", conn=scratch)
    revoke_token("b", conn=scratch)
    passing, revoked = get_tokens(conn=scratch)
    assert [passing.works_at(YESTERDAY), passing.works_at(TOMORROW)] == [True, False]
    assert not revoked.works_at(YESTERDAY)


def test_nobody_revokes_a_token_that_there_is_not(scratch: AnyConnection) -> None:
    with pytest.raises(TokenNotFound, match="`fitness-pipeline token list` shows them"):
        revoke_token("nobody", conn=scratch)


def test_the_use_of_a_token_is_noted_once_a_minute(scratch: AnyConnection) -> None:
    token = mint_token("busy", "viewer", conn=scratch)
    found(token, scratch)
    version = "select (xmin, ctid, last_used_at)::text from normalized.api_tokens"
    first = fetch_value(scratch, version)
    found(token, scratch)
    assert fetch_value(scratch, version) == first
    scratch.execute("update normalized.api_tokens set last_used_at = now() - interval '61 seconds'")
    found(token, scratch)
    (known,) = get_tokens(conn=scratch)
    assert known.last_used_at == fetch_value(scratch, "select now()")


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "a\x00b", "a" * 101], ids=range(5))
def test_a_name_is_a_short_line_of_text(scratch: AnyConnection, name: str) -> None:
    with pytest.raises(InvalidValue, match="A token needs a name"):
        mint_token(name, "viewer", conn=scratch)


def test_a_name_is_given_once_even_when_its_token_was_revoked(scratch: AnyConnection) -> None:
    mint_token("phone", "viewer", conn=scratch)
    revoke_token("phone", conn=scratch)
    with pytest.raises(InvalidValue, match="'phone'"):
        mint_token("phone ", "editor", conn=scratch)


def test_a_living_token_is_one_that_works(scratch: AnyConnection) -> None:
    assert not has_living_token(conn=scratch)
    mint_token("expired", "editor", YESTERDAY, conn=scratch)
    mint_token("revoked", "editor", conn=scratch)
    revoke_token("revoked", conn=scratch)
    assert not has_living_token(conn=scratch)
    mint_token("living", "viewer", TOMORROW, conn=scratch)
    assert has_living_token(conn=scratch)
