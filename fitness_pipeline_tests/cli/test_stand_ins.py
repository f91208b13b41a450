"""Commands of the demo that ask a provider, while no stand-in plays one."""

import pytest

from fitness_pipeline.cli.stand_ins import require_stand_in
from fitness_pipeline.settings import load_settings
from fitness_pipeline_tests.cli.conftest import Run


@pytest.mark.parametrize(
    "words",
    [
        "sync strava",
        "sync strava --full --dry-run",
        "sync hevy",
        "sync calendar",
        "calendar backfill --since 2015-01-01",
        "auth strava",
        "auth google",
    ],
)
def test_the_demo_asks_nobody_and_says_where_its_stand_ins_answer(
    run: Run, data_dir: object, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    monkeypatch.setenv("ENV", "demo")
    ended = run(*words.split())
    assert (ended.code, ended.out) == (2, "")
    assert "`fitness-pipeline --env demo up` started" in ended.err


def test_the_demo_asks_a_stand_in_that_answers(data_dir: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENV", "demo")
    monkeypatch.setenv("STRAVA_API_URL", "http://127.0.0.1:8900/api/v3")
    settings = load_settings()
    require_stand_in(settings, settings.strava_api_url)
    assert settings.strava_api_url == "http://127.0.0.1:8900/api/v3"
