"""What the athlete granted, and what it costs where something is missing."""

import pytest

from fitness_pipeline.errors import AuthorizationRefused
from fitness_pipeline.providers.strava.consent import read_consent


def test_everything_granted_costs_nothing() -> None:
    consent = read_consent({"code": "c", "scope": "read,activity:read,activity:read_all"})
    assert consent.code.get_secret_value() == "c"
    assert consent.scopes == ("read", "activity:read", "activity:read_all")
    assert consent.warning is None
    assert read_consent({"code": "c", "scope": "read activity:read_all"}).warning is None


def test_without_private_activities_it_says_what_will_be_missing() -> None:
    warning = read_consent({"code": "c", "scope": "read,activity:read"}).warning
    assert warning is not None
    assert "activities that only you can see" in warning


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ({"error": "access_denied"}, "You said no"),
        ({"code": "c", "scope": "read"}, "not one activity could be read"),
        ({"code": "c"}, "not one activity could be read"),
        ({"scope": "read,activity:read_all"}, "without a code"),
    ],
)
def test_what_nothing_can_be_done_with_is_refused(query: dict[str, str], reason: str) -> None:
    with pytest.raises(AuthorizationRefused, match=reason):
        read_consent(query)
