"""Which of the workouts that a listing did not list are truly gone: Hevy is asked, not believed."""

from dataclasses import dataclass, field

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.hevy_listings import Listing, find_missing_workouts
from fitness_pipeline.errors import UnexpectedReply
from fitness_pipeline.providers.hevy.api import HevyApi
from fitness_pipeline.providers.hevy.rows import Row

# So many missing workouts are asked for one by one. Of more, the first ones show whether the listing as a
# whole can be believed.
ASKED_FOR = 20


@dataclass(slots=True)
class Verdict:
    """What became of workouts that were not listed.

    Attributes:
        deleted: those that are gone.
        found: those that are there all the same: they slipped from one page to another meanwhile.
        undecided: how many may or may not be gone.
    """

    deleted: list[str] = field(default_factory=list)
    found: list[Row] = field(default_factory=list)
    undecided: int = 0


def find_deleted(connection: AnyConnection, api: HevyApi, listing: Listing) -> Verdict:
    """Ask for each workout that was not listed, or for those that were changed last when they are many.

    Only a 404 makes a deletion. Of many, those that were not asked for are gone, too, if every single one
    that was asked for is.

    Args:
        connection: to read from.
        api: to ask.
        listing: one that has come to its end.

    Raises:
        ProviderError: Hevy cannot be asked now; the listing is to be gone on with later.
    """
    missing = find_missing_workouts(listing, conn=connection)
    verdict = Verdict()
    for workout_id in missing[:ASKED_FOR]:
        try:
            row = api.find_workout(workout_id)
        except UnexpectedReply:
            verdict.undecided += 1
            continue
        if row is None:
            verdict.deleted.append(workout_id)
        else:
            verdict.found.append(row)
    not_asked_for = missing[ASKED_FOR:]
    if len(verdict.deleted) == ASKED_FOR:
        verdict.deleted += not_asked_for
    else:
        verdict.undecided += len(not_asked_for)
    return verdict
