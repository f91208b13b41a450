"""What OAuth is like with every provider: an access token's age, and an answer that is known as ours."""

from datetime import timedelta

import pytest

from fitness_pipeline.providers.oauth import is_fresh, is_ours, new_state
from fitness_pipeline_tests.moments import NOW


@pytest.mark.parametrize(("left", "is_usable"), [(301, True), (300, False), (-1, False)])
def test_a_token_is_fresh_while_more_than_the_margin_is_left(left: int, is_usable: bool) -> None:
    assert is_fresh(NOW + timedelta(seconds=left), NOW, margin_seconds=300) is is_usable


def test_a_token_of_unknown_age_is_not_fresh() -> None:
    assert not is_fresh(None, NOW, margin_seconds=0)


def test_only_the_answer_to_this_question_is_ours() -> None:
    state = new_state()
    assert is_ours({"state": state}, state)
    for other in ({"state": new_state()}, {"state": ""}, {"state": "ä"}, {}):
        assert not is_ours(other, state)
