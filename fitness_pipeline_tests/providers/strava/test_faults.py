"""What Strava says is wrong."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitness_pipeline.providers.strava.faults import Fault, json_object, read_faults
from fitness_pipeline.sandbox.strava import errors


def test_an_error_names_what_is_wrong() -> None:
    document = json_object(errors.application_inactive().body)
    assert read_faults(document) == [Fault("Application", "Status", "Inactive")]


@pytest.mark.parametrize(
    "body",
    [
        errors.rate_limited(shape="plain").body,
        errors.server_error().body,
        errors.outage().body,
        b"",
        b'{"errors":{"resource":"Application"}}',
        b'{"errors":[null,"Application"]}',
        b'[{"errors":[{}]}]',
    ],
)
def test_an_error_that_names_nothing_is_no_failure_of_ours(body: bytes) -> None:
    assert read_faults(json_object(body)) == []


def test_parts_that_are_missing_are_empty() -> None:
    assert read_faults({"errors": [{"code": "invalid", "field": None}]}) == [Fault("", "", "invalid")]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(
    st.fixed_dictionaries(
        {}, optional={"errors": json_values | st.lists(json_values), "message": json_values}
    )
)
def test_no_document_breaks_it(document: dict[str, object]) -> None:
    found = json_object(json.dumps(document).encode())
    assert found == document
    assert all(isinstance(fault, Fault) for fault in read_faults(found))
