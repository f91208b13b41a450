"""How messages name commands."""

import pytest

from fitness_pipeline.environments import current_environment, with_environment


@pytest.mark.parametrize(
    ("env", "text", "named"),
    [
        ("dev", "See `fitness-pipeline rejects`.", "See `fitness-pipeline rejects`."),
        ("demo", "See `fitness-pipeline rejects`.", "See `fitness-pipeline --env demo rejects`."),
        (
            "prod",
            "`fitness-pipeline a`, `fitness-pipeline b`",
            "`fitness-pipeline --env prod a`, `fitness-pipeline --env prod b`",
        ),
        ("prod", "`fitness-pipeline demo`", "`fitness-pipeline demo`"),
        ("prod", "`fitness-pipeline --env demo up`", "`fitness-pipeline --env demo up`"),
        ("prod", "the fitness-pipeline project", "the fitness-pipeline project"),
    ],
)
def test_commands_are_named_as_they_are_called_in_an_environment(env: str, text: str, named: str) -> None:
    assert with_environment(text, env) == named
    assert with_environment(named, env) == named


@pytest.mark.parametrize(("given", "env"), [(None, "dev"), ("", "dev"), ("prod", "prod")])
def test_the_environment_is_dev_unless_one_is_named(
    monkeypatch: pytest.MonkeyPatch, given: str | None, env: str
) -> None:
    if given is None:
        monkeypatch.delenv("ENV", raising=False)
    else:
        monkeypatch.setenv("ENV", given)
    assert current_environment() == env
