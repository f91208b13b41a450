"""The whole OpenAPI document against the served API, by a tool that makes requests from it."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import httpx
import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from fitness_pipeline import db
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline_tests.builders import create_runs, new_run

Operation = APIOperation[Any, Any, Any, Any]

EXAMPLES = {GenerationMode.POSITIVE: 8, GenerationMode.NEGATIVE: 3}
# Each request of these runs a Dagster job, which takes seconds: test_job_routes.py asks them by hand.
JOBS = {"/strava/sync", "/hevy/sync", "/mmf/upload-csv"}
# With the id of a run that is there it asks Google, who is not there.
ASKS_GOOGLE = "POST /sync/runs/{id}"
KNOWN_IDS = {"/runs": "mmf_1", "/shoes": "pegasus_38", "/sync": "mmf_1"}
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@pytest.fixture
def providers(environment: pytest.MonkeyPatch) -> None:
    """Applications of our own at the providers, as which nobody is asked."""
    for name in ("STRAVA_CLIENT_ID", "STRAVA_CLIENT_SECRET", "GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET"):
        environment.setenv(name, "12345")


@pytest.fixture
def a_run(connection: AnyConnection) -> None:
    """A run with a shoe."""
    db.shoes.bulk_create_shoes_by_names(["Pegasus 38"], conn=connection)
    create_runs(connection, new_run(avg_heart_rate=140.0, shoe_id="pegasus_38"))


@pytest.mark.parametrize(
    "mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=lambda mode: mode.value
)
def test_no_request_finds_a_fault_or_an_answer_that_is_not_documented(
    mode: GenerationMode, providers: None, a_run: None, editor: httpx.Client
) -> None:
    faults = {operation.label: sorted(faults_of(operation, mode, editor)) for operation in operations(editor)}
    assert len(faults) > 30
    assert {label: found for label, found in faults.items() if found} == {}


def operations(editor: httpx.Client) -> Iterator[Operation]:
    """Yield what the served document allows to ask."""
    schema = schemathesis.openapi.from_dict(editor.get("/openapi.json").json())
    schema.config.update(base_url=str(editor.base_url))
    schema.config.generation.update(with_security_parameters=False)
    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()
        if operation.path not in JOBS:
            yield operation


def faults_of(operation: Operation, mode: GenerationMode, editor: httpx.Client) -> set[str]:
    """Return what is wrong with the answers to requests as the document has them, or as it has them not."""
    faults: set[str] = set()
    known_id = KNOWN_IDS.get("/" + operation.path.split("/")[1])

    # The same requests each time: what is found is found again.
    @hypothesis.settings(
        max_examples=EXAMPLES[mode],
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @hypothesis.given(case=operation.as_strategy(generation_mode=mode), is_known=st.booleans())
    def ask(case: Case[Any], is_known: bool) -> None:
        if is_known and known_id and "id" in case.path_parameters and operation.label != ASKS_GOOGLE:
            case.path_parameters["id"] = known_id
        response = case.call(headers={"Authorization": editor.headers["Authorization"]})
        try:
            case.validate_response(response, checks=CHECKS)
        except FailureGroup as group:
            faults.update(f"{response.status_code} {response.text[:500]}: {it}" for it in group.exceptions)

    with suppress(Unsatisfiable):  # nothing can be wrong with a request that says nothing
        ask()
    return faults
