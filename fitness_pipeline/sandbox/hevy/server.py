"""The stand-in as a server on the loopback interface: `with HevySandbox(world) as sandbox: sandbox.url`."""

from collections.abc import Callable

from fitness_pipeline.sandbox.hevy.api import HevyApi
from fitness_pipeline.sandbox.hevy.limits import CallLimit
from fitness_pipeline.sandbox.hevy.world import HevyWorld
from fitness_pipeline.sandbox.serving.clock import Clock, utc_now
from fitness_pipeline.sandbox.serving.stand_in import StandIn


class HevySandbox(StandIn[HevyWorld]):
    """Serves a world while it is entered.

    Attributes:
        limit: of calls; there is none until a test sets it.
    """

    def __init__(
        self,
        world: HevyWorld | None = None,
        *,
        clock: Clock = utc_now,
        port: int = 0,
        sleep: Callable[[float], object] | None = None,
    ) -> None:
        """Take what is to be served.

        Args:
            world: an empty one by default.
            clock: tells when calls are made, and from now on when the world changes.
            port: 0 for any free one.
            sleep: waits for so many seconds, for the fault `Delay`; by default truly, or until the end.
        """
        world = world if world is not None else HevyWorld()
        world.workouts.clock = clock
        self.limit = CallLimit(clock)
        super().__init__(world, HevyApi(world, self.limit), clock=clock, port=port, sleep=sleep)

    def environment(self) -> dict[str, str]:
        """Return the variables that point a client here."""
        return {"HEVY_API_URL": self.url, "HEVY_API_KEY": self.world.api_key}
