"""Lists as parameters: Postgres reads what was meant."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fitness_pipeline.db.arrays import bigints
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.queries import fetch_value


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(numbers=st.lists(st.integers(-(2**63), 2**63 - 1)))
def test_numbers_arrive_as_they_are(scratch: AnyConnection, numbers: list[int]) -> None:
    assert fetch_value(scratch, "select %s::bigint[]", [bigints(numbers)]) == numbers
