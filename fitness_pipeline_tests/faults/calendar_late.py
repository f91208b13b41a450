"""A batch of which nobody ever gets the answer, and on which Google works when a test says so."""

from contextlib import suppress
from dataclasses import dataclass, field, replace

import httpx

from fitness_pipeline.errors import FitnessPipelineError
from fitness_pipeline.sandbox.google_calendar import errors
from fitness_pipeline.sandbox.serving.faults import Answer
from fitness_pipeline.sandbox.serving.incoming import Incoming
from fitness_pipeline.sandbox.serving.request import Request
from fitness_pipeline_tests.calendar_sync import BATCH
from fitness_pipeline_tests.faults.calendar_lives import Life


class Killed(BaseException):
    """Ends a sync as a kill would: nothing is done any more."""


@dataclass
class LateRequest:
    """The batch.

    Attributes:
        life: who sends it.
    """

    life: Life
    _sent: list[Incoming] = field(default_factory=list)

    def send(self, skip: int = 0) -> bool:
        """Sync, and die after a batch; return whether it was sent.

        Args:
            skip: how many batches are spared before.
        """

        def is_it(request: Request) -> bool:
            self._sent.append(request.incoming)
            return True

        def die(_: float) -> None:
            raise Killed

        sync, usual = self.life.sync, self.life.sync.patience
        self.life.sandbox.faults.order(Answer(errors.backend_error()), path=BATCH, when=is_it, skip=skip)
        sync.patience = replace(usual, sleep=die)
        with suppress(Killed, FitnessPipelineError):
            sync()
        sync.patience = usual
        self.life.sandbox.faults.clear()
        del self._sent[:skip]  # those are worked off
        return bool(self._sent)

    def be_worked_on(self) -> None:
        """Have Google do what it was asked, unless it did."""
        while self._sent:
            request = self._sent.pop()
            headers = {name: request.headers[name] for name in ("authorization", "content-type")}
            url = f"{self.life.sandbox.url}{request.target}"
            reply = httpx.post(url, headers=headers, content=request.body, trust_env=False)
            assert reply.status_code == 200
