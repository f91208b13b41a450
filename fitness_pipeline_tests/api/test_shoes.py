"""`/shoes`."""

import httpx

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.shoes import bulk_create_shoes_by_names


def test_shoes_are_listed_in_the_order_of_their_names(
    viewer: httpx.Client, connection: AnyConnection
) -> None:
    bulk_create_shoes_by_names(["Nike Pegasus", "Brooks Ghost"], conn=connection)
    assert [shoe["name"] for shoe in viewer.get("/shoes").json()] == ["Brooks Ghost", "Nike Pegasus"]
    assert viewer.get("/shoes/").json() == viewer.get("/shoes").json()


def test_nobody_sees_shoes_without_a_token(stranger: httpx.Client) -> None:
    answer = stranger.get("/shoes")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_the_health_is_open_to_everybody(stranger: httpx.Client) -> None:
    assert stranger.get("/health").json()["database"] == "ok"
