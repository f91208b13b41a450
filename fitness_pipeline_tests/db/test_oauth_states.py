"""A state works once, for the provider that it was made for, and for ten minutes."""

import pytest

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.oauth_states import OAuthState, keep_state, take_state
from fitness_pipeline.db.queries import fetch_value


def count(connection: AnyConnection) -> int:
    found: int = fetch_value(connection, "select count(*) from normalized.oauth_states")
    return found


def test_a_state_works_once_with_what_was_kept_beside_it(scratch: AnyConnection) -> None:
    keep_state("ours", "google", verifier="encrypted", conn=scratch)
    assert take_state("ours", "google", conn=scratch) == OAuthState(verifier="encrypted")
    assert take_state("ours", "google", conn=scratch) is None


def test_a_state_of_another_provider_is_refused_and_works_no_more(scratch: AnyConnection) -> None:
    keep_state("ours", "strava", conn=scratch)
    assert take_state("ours", "google", conn=scratch) is None
    assert take_state("ours", "strava", conn=scratch) is None


def test_a_state_ends_after_ten_minutes_and_is_forgotten(scratch: AnyConnection) -> None:
    keep_state("old", "strava", conn=scratch)
    scratch.execute("update normalized.oauth_states set expires_at = expires_at - interval '10 minutes'")
    keep_state("new", "strava", conn=scratch)
    assert count(scratch) == 1
    scratch.execute("update normalized.oauth_states set expires_at = now()")
    assert take_state("new", "strava", conn=scratch) is None
    assert count(scratch) == 0


def test_a_state_is_kept_as_a_hash(scratch: AnyConnection) -> None:
    keep_state("a secret", "strava", conn=scratch)
    kept = fetch_value(scratch, "select oauth_states::text from normalized.oauth_states")
    assert "a secret" not in kept
    assert b"a secret".hex() not in kept


@pytest.mark.parametrize("state", ["", "theirs", "\x00", "\ud800"], ids=range(4))
def test_what_was_never_sent_is_refused(scratch: AnyConnection, state: str) -> None:
    keep_state("ours", "strava", conn=scratch)
    assert take_state(state, "strava", conn=scratch) is None
    assert count(scratch) == 1
