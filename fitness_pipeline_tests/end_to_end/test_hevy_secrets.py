"""Whatever goes wrong with a sync of Hevy, nothing that is printed, logged or stored tells the key."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from fitness_pipeline.errors import ProviderError
from fitness_pipeline.providers.hevy.api import HevyApi
from fitness_pipeline.sandbox.hevy import errors
from fitness_pipeline.sandbox.hevy.server import HevySandbox
from fitness_pipeline.sandbox.hevy.sessions import Session
from fitness_pipeline.sandbox.hevy.world import API_KEY
from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline.sandbox.serving.faults import Answer, Fault, Reset, Truncation
from fitness_pipeline.sandbox.serving.replies import json_reply
from fitness_pipeline.settings import load_settings
from fitness_pipeline_tests.cli.conftest import Run, run
from fitness_pipeline_tests.end_to_end.leaks import looked_at_closely, what_is_stored
from fitness_pipeline_tests.hevy import COUNT, EVENTS, LIST, HevySyncer

__all__ = ["run"]

# Those of a person who copied too much, or too little of it.
CUT_KEY, BROKEN_KEY = "0b5e55ed-5ecre7", "5ecre7\n0f somebody"
SECRETS = (API_KEY, CUT_KEY, "5ecre7")
REPEATED = f"The api-key {API_KEY} is not valid."
FAULTS: dict[str, Fault] = {
    "a 500": Answer(errors.error(500, REPEATED)),
    "an outage": Answer(errors.outage()),
    "a 429": Answer(errors.rate_limited()),
    "a 429 for an hour": Answer(errors.rate_limited(3600)),
    "a 401": Answer(errors.error(401, REPEATED)),
    "a 403": Answer(errors.error(403, REPEATED)),
    "a 400": Answer(errors.error(400, REPEATED)),
    "a 302": Answer(errors.error(302, REPEATED)),
    "an error that says 200": Answer(json_reply({"error": REPEATED})),
    "a text": Answer(json_reply(REPEATED)),
    "a reset": Reset(),
    "a reset when the work is done": Reset(moment="after"),
    "half an answer": Truncation(),
    "half an answer that seems whole": Truncation(is_noticed=False, kept=0.9),
}


@pytest.fixture
def hevy(environment: pytest.MonkeyPatch, data_dir: Path, database_url: str) -> Iterator[HevySandbox]:
    """A Hevy that the settings name."""
    with HevySandbox() as serving:
        for name, value in serving.environment().items():
            environment.setenv(name, value)
        now = datetime.now(UTC)
        for days in range(1, 4):
            serving.world.workouts.add(Session(start=now - timedelta(days=days)))
        yield serving


def test_what_failing_commands_leave_behind_does_not_tell_the_key(
    run: Run,
    hevy: HevySandbox,
    database_url: str,
    data_dir: Path,
    environment: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    said: list[str] = []

    def sync(expected: str, *words: str) -> None:
        ended = run("sync", "hevy", *words)
        said.extend((ended.out, ended.err))
        assert expected in ended.out + ended.err
        hevy.faults.clear()

    environment.setenv("HEVY_API_KEY", BROKEN_KEY)
    sync("HEVY_API_KEY is no key")
    environment.setenv("HEVY_API_KEY", CUT_KEY)
    sync("refuses the API key (HTTP 401)")
    environment.setenv("HEVY_API_KEY", API_KEY)
    hevy.faults.order(FAULTS["a 500"], path=LIST)
    hevy.faults.order(FAULTS["a 403"], path="/v1/exercise_templates*")
    sync("requests to Hevy")
    hevy.faults.order(FAULTS["an error that says 200"], path=EVENTS)
    sync("is not understood")
    hevy.faults.order(FAULTS["a 429 for an hour"], path=COUNT)
    sync("asks to be left alone until", "--full")
    said.append(run("status").out)

    found = {"what is printed": "\n".join(said), "what is logged": caplog.text}
    found |= what_is_stored(data_dir, database_url)
    # What is searched does hold what it must: otherwise nothing would be proved.
    searched = (
        ("what is printed", "Not done."),
        ("what is logged", "httpcore"),
        ("what is logged", EVENTS),
        ("table raw.hevy_workouts", "Push Day"),
        ("table public.sync_metadata", "hevy"),
        ("Dagster's table public.event_logs", "STEP_FAILURE"),
        ("Dagster's table public.event_logs", "is not understood"),
        ("Dagster's table public.event_logs", "templates are to be asked for later"),
        ("Dagster's table public.event_logs", "lifts_are_as_many_as_hevy_counts"),
        ("Dagster's table public.runs", "full_sync"),
        ("Dagster's table public.snapshots", "raw__hevy_workouts"),
    )
    assert [(where, word) for where, word in searched if word not in found[where]] == []
    assert leaks(found) == []


def test_no_error_tells_the_key_however_closely_it_is_looked_at(
    hevy: HevySandbox, environment: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    sync = HevySyncer(hevy, SettableClock(datetime.now(UTC)))
    sync.read()
    found: dict[str, str] = {}
    for path in (LIST, EVENTS, COUNT):
        for name, fault in FAULTS.items():
            hevy.faults.order(fault, path=path, times=None)
            # What was read before it was found to be no answer is in variables.
            is_read = name in ("an error that says 200", "a text")
            found[f"{name} of {path}"] = failure(sync, with_variables=not is_read)
            hevy.faults.clear()
    for name, key in {"a cut key": CUT_KEY, "a broken key": BROKEN_KEY}.items():
        environment.setenv("HEVY_API_KEY", key)
        found[name] = failure(sync, with_variables=True)
    settings = load_settings()
    with HevyApi(settings.hevy_api_url, SecretStr(API_KEY)) as api:
        found["what is in use"] = repr((api, vars(api), settings, vars(settings)))
    found["what is logged"] = caplog.text
    assert all("settings = Settings(" in told for name, told in found.items() if name.startswith("a 500"))
    assert leaks(found) == []


def failure(sync: HevySyncer, *, with_variables: bool) -> str:
    """The error of a sync, with all that led to it."""
    with pytest.raises(ProviderError) as raised:
        sync.read(is_full=True)
    return looked_at_closely(raised.value, with_variables=with_variables)


def leaks(found: dict[str, str]) -> list[str]:
    """Where a key is told."""
    return [where for where, text in found.items() if any(secret in text for secret in SECRETS)]
