"""Whether Hevy can be asked: with a key, and not without."""

import pytest

from fitness_pipeline.errors import NotConnected
from fitness_pipeline.settings import load_settings
from fitness_pipeline.steps.hevy_access import find_obstacle, key_of


def test_with_a_key_nothing_is_in_the_way(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("HEVY_API_KEY", "5ecre7")
    assert find_obstacle(load_settings()) is None
    assert key_of(load_settings()).get_secret_value() == "5ecre7"


@pytest.mark.parametrize("key", [None, "", " \t"])
def test_without_a_key_the_next_step_is_said(environment: pytest.MonkeyPatch, key: str | None) -> None:
    if key is not None:
        environment.setenv("HEVY_API_KEY", key)
    obstacle = find_obstacle(load_settings())
    assert obstacle is not None
    assert "Set HEVY_API_KEY" in str(obstacle)
    with pytest.raises(NotConnected, match="Set HEVY_API_KEY"):
        key_of(load_settings())
