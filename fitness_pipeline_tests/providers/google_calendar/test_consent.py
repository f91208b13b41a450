"""What was granted on Google's page, and how who exchanges the code proves to be who asked."""

import re

import pytest
from pydantic import SecretStr

from fitness_pipeline.errors import AuthorizationRefused
from fitness_pipeline.providers.google_calendar.consent import (
    SCOPE,
    Consent,
    challenge_of,
    new_verifier,
    read_consent,
)

BACK = "http://127.0.0.1:9/callback"
VERIFIER = SecretStr("v" * 43)


def read(query: dict[str, str]) -> Consent:
    return read_consent(query, redirect_uri=BACK, verifier=VERIFIER)


@pytest.mark.parametrize("scope", [{"scope": SCOPE}, {"scope": f"openid {SCOPE}"}, {}], ids=str)
def test_a_yes_carries_all_that_the_exchange_needs(scope: dict[str, str]) -> None:
    consent = read({"code": "4/0A", **scope})
    assert consent == Consent(code=SecretStr("4/0A"), redirect_uri=BACK, verifier=VERIFIER)


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ({"error": "access_denied"}, "You said no"),
        ({"error": "server_error"}, "without a code"),
        ({"scope": SCOPE}, "without a code"),
        ({"code": "", "scope": SCOPE}, "without a code"),
        ({"code": "c", "scope": "openid"}, "not one run could be put there"),
        ({"code": "c", "scope": f"{SCOPE}.readonly"}, "not one run could be put there"),
        ({"code": "c", "scope": ""}, "not one run could be put there"),
    ],
)
def test_what_nothing_can_be_done_with_is_refused(query: dict[str, str], reason: str) -> None:
    with pytest.raises(AuthorizationRefused, match=rf"{reason}.+`fitness-pipeline auth google`"):
        read(query)


def test_a_challenge_is_made_as_the_example_of_the_standard_says() -> None:
    verifier = SecretStr("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    assert challenge_of(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"  # RFC 7636, appendix B


def test_every_verifier_is_another_one_and_as_long_as_the_standard_wants() -> None:
    first, second = new_verifier(), new_verifier()
    assert first != second
    assert re.fullmatch(r"[A-Za-z0-9_-]{43,128}", first.get_secret_value())


def test_neither_the_code_nor_the_verifier_is_shown() -> None:
    shown = repr(read({"code": "hunter2"}))
    assert "hunter2" not in shown
    assert VERIFIER.get_secret_value() not in shown
