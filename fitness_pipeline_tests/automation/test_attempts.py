"""How long to wait after attempts that failed."""

from datetime import timedelta

from fitness_pipeline.automation.attempts import retry_delay


def test_the_wait_doubles_up_to_an_hour() -> None:
    waits = [retry_delay(attempts) / timedelta(seconds=1) for attempts in (1, 2, 3, 7, 8, 1000)]
    assert waits == [30, 60, 120, 1920, 3600, 3600]
