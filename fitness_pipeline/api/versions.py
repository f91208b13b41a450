"""Versions of runs in headers: `ETag` tells which one is answered, `If-Match` which one is to be changed."""

from typing import Annotated, Any

from fastapi import Depends, Header, Response

from fitness_pipeline.api.problems import responses

_ETAG = {"schema": {"type": "string"}, "description": 'The version of the run, in quotes: `"3"`.'}


async def _expected(
    if_match: Annotated[
        str | None,
        Header(
            alias="If-Match",
            pattern=r'^(\*|(W/)?"[0-9]{1,18}")$',
            description="The version that is to be changed, as `ETag` had it; if it is another one by now, "
            "nothing is changed. Without it, and with `*`, whichever there is is changed.",
            examples=['"3"'],
        ),
    ] = None,
) -> int | None:
    # A proxy that compresses answers marks their ETags as weak ones; a version is the same all the same.
    return None if if_match in (None, "*") else int(if_match.removeprefix("W/").strip('"'))


ExpectedVersion = Annotated[int | None, Depends(_expected)]
"""The version that a run is to have before it is changed; None for any."""


def tell_version(response: Response, version: int) -> None:
    """Name the version of a run in an answer.

    Args:
        response: with the run.
        version: of the run.
    """
    response.headers["ETag"] = f'"{version}"'


def versioned_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return what a route may answer whose answer has an `ETag`, for its documentation.

    Args:
        statuses: of errors; those that every route has need not be named.
    """
    return {200: {"headers": {"ETag": _ETAG}}, **responses(*statuses)}
