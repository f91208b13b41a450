"""What syncs asked of Google."""

from fitness_pipeline.steps.plan_calendar import CalendarPlan
from fitness_pipeline_tests.calendar_sync import BATCH, CalendarSyncer


def batches(sync: CalendarSyncer) -> list[list[str]]:
    """The methods of the calls of each batch; all other requests were for tokens."""
    requests = [request for request in sync.sandbox.log.requests if request.path != "/token"]
    assert {request.path for request in requests} <= {BATCH}
    return [
        sorted(call.method for call in sync.sandbox.log.inner_calls if call.batch == request.number)
        for request in requests
    ]


def quiet(sync: CalendarSyncer) -> bool:
    """Whether another sync makes no request, not even for a token."""
    sync.sandbox.log.clear()
    sync.sandbox.world.oauth.kill_access_tokens()
    work = sync()
    return sync.sandbox.log.count() == work.requests == 0 and work.plan == CalendarPlan()
