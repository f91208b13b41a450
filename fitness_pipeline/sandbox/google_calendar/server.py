"""The stand-in as a server on the loopback interface: `with GoogleCalendarSandbox() as google: ...`."""

from collections.abc import Callable

from fitness_pipeline.sandbox.google_calendar import batch
from fitness_pipeline.sandbox.google_calendar.api import AUTHORIZE, TOKEN, GoogleCalendarApi
from fitness_pipeline.sandbox.google_calendar.limits import Quotas
from fitness_pipeline.sandbox.google_calendar.world import PRIMARY, GoogleCalendarWorld
from fitness_pipeline.sandbox.serving.clock import Clock, utc_now
from fitness_pipeline.sandbox.serving.incoming import Incoming, Place
from fitness_pipeline.sandbox.serving.replies import Interruption, Refusal, Reply
from fitness_pipeline.sandbox.serving.request import Request
from fitness_pipeline.sandbox.serving.stand_in import StandIn


class GoogleCalendarSandbox(StandIn[GoogleCalendarWorld]):
    """Serves a world while it is entered.

    Attributes:
        limits: may be changed at any time.
        seed: another one gives other orders of the calls within batches.
    """

    def __init__(
        self,
        world: GoogleCalendarWorld | None = None,
        *,
        clock: Clock = utc_now,
        port: int = 0,
        sleep: Callable[[float], object] | None = None,
    ) -> None:
        """Take what is to be served.

        Args:
            world: one with an empty primary calendar by default.
            clock: tells when tokens expire, calls are made, and from now on when the world changes.
            port: 0 for any free one.
            sleep: waits for so many seconds, for the fault `Delay`; by default truly, or until the end.
        """
        world = world if world is not None else GoogleCalendarWorld()
        world.clock = clock
        self.limits = Quotas(clock)
        self.seed = 7
        api = GoogleCalendarApi(world, clock, self.limits)
        super().__init__(world, api, clock=clock, port=port, sleep=sleep)

    def work(self, request: Request) -> Reply:
        """Do the work of a request; what it changes is kept before the answer goes out."""
        if request.path != batch.BATCH or request.method != "POST" or request.batch is not None:
            reply = super().work(request)
        else:
            reply = self._work_on_batch(request)
        if request.batch is None:
            self.world.keep()
        return reply

    def environment(self) -> dict[str, str]:
        """Return the variables that point a client here; the owner grants nothing before they are asked."""
        client = self.world.oauth.client
        return {
            "GOOGLE_API_URL": self.url,
            "GOOGLE_TOKEN_URL": f"{self.url}{TOKEN}",
            "GOOGLE_AUTHORIZE_URL": f"{self.url}{AUTHORIZE}",
            "GOOGLE_CLIENT_ID": client.id,
            "GOOGLE_CLIENT_SECRET": client.secret,
            "GOOGLE_CALENDAR_ID": PRIMARY,
        }

    def _work_on_batch(self, request: Request) -> Reply:
        def do(incoming: Incoming, position: int) -> Reply:
            return self.answer_inner(incoming, Place(request.number, position))

        try:
            return batch.answer(batch.split(request.incoming), do, f"{self.seed} {request.number}")
        except Refusal as refusal:
            return refusal.reply
        except Interruption as interruption:
            return interruption.reply
