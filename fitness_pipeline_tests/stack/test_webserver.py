"""The real webserver, as `up` starts it, does for programs what it does not for other web pages."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import httpx
import pytest

from fitness_pipeline.automation.dagster_home import dagster_environment, dagster_instance
from fitness_pipeline.settings import load_settings
from fitness_pipeline.stack.address import Address
from fitness_pipeline.stack.answers import answers_on_web
from fitness_pipeline.stack.family import Family
from fitness_pipeline.stack.services import start, webserver
from fitness_pipeline_tests.stack.running import eventually, free_port

UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    "Sec-WebSocket-Protocol": "graphql-ws",
}


@dataclass(frozen=True, slots=True)
class Served:
    """A webserver that answers, and the instance that it serves."""

    url: str
    instance: dg.DagsterInstance

    def handshake(self, origin: str) -> int:
        """Return the status of the answer to a websocket from an origin."""
        with httpx.stream("GET", f"{self.url}/graphql", headers={**UPGRADE, "Origin": origin}) as answer:
            return answer.status_code


@pytest.fixture
def served(database_url: str, data_dir: Path, tmp_path: Path) -> Iterator[Served]:
    settings, address, workspace = load_settings(), Address("127.0.0.1", free_port()), tmp_path / "none.yaml"
    workspace.write_text("load_from: []\n")
    with dagster_instance(settings) as instance:
        environment = {**os.environ, **dagster_environment(settings)}
        service = start("Dagster's webserver", webserver(address, workspace), environment, tmp_path / "logs")
        family = Family()
        family.add(service.process.pid)
        try:
            eventually(lambda: answers_on_web(f"{address.url}/server_info"), service.end_of_log)
            yield Served(address.url, instance)
        finally:
            family.end()
            service.process.wait()


def test_a_run_is_deleted_by_a_program_and_not_by_a_page_elsewhere(served: Served) -> None:
    run_id = served.instance.add_run(dg.DagsterRun(job_name="strava")).run_id
    mutation = {"query": f'mutation {{ deletePipelineRun(runId: "{run_id}") {{ __typename }} }}'}
    url = f"{served.url}/graphql"
    image = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}
    form = {"Origin": "http://evil.example", "Content-Type": "text/plain"}

    assert httpx.get(url, params=mutation).status_code == 403
    assert httpx.get(url, params=mutation, headers=image).status_code == 403
    assert httpx.post(url, params=mutation, headers=form).status_code == 403
    assert httpx.post(url, json=mutation, headers={"Host": "evil.example"}).status_code == 421
    assert served.handshake("http://evil.example") == 403
    assert served.instance.get_run_by_id(run_id) is not None

    assert served.handshake(served.url) == 101
    assert "GraphiQL" in httpx.get(url, headers={"Accept": "text/html"}).text
    own = {"Origin": served.url, "Sec-Fetch-Site": "same-origin"}
    assert httpx.post(url, json={"query": "{ version }"}, headers=own).json() == {
        "data": {"version": dg.__version__}
    }
    assert httpx.post(url, json=mutation).json() == {
        "data": {"deletePipelineRun": {"__typename": "DeletePipelineRunSuccess"}}
    }
    assert served.instance.get_run_by_id(run_id) is None
