"""Which of the activities that a listing did not list are truly gone: Strava is asked, not believed."""

from dataclasses import dataclass, field

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.strava_listings import Listing, find_missing_activities
from fitness_pipeline.errors import PermissionRefused, UnexpectedReply
from fitness_pipeline.providers.strava.api import StravaApi
from fitness_pipeline.providers.strava.listed import ActivitiesPage
from fitness_pipeline.providers.strava.scopes import scopes_within

# So many missing activities are asked for one by one. Of more, so many show whether the listing as a
# whole can be believed; the merge has its own limit for how many runs may go at once.
ASKED_FOR = 20


@dataclass(slots=True)
class Verdict:
    """What became of activities that were not listed.

    Attributes:
        deleted: those that are gone.
        moved: the rows of those that now start outside of the window.
        undecided: how many may or may not be gone.
    """

    deleted: list[int] = field(default_factory=list)
    moved: list[ActivitiesPage] = field(default_factory=list)
    undecided: int = 0


def find_deleted(connection: AnyConnection, api: StravaApi, listing: Listing, *, scope_now: str) -> Verdict:
    """Ask for each activity that was not listed, or for some of them when they are many.

    Only an empty answer to that request (404) makes a deletion. Of many, those that were not asked for are
    gone, too, if the listing was a full one and every single one that was asked for is gone.

    Args:
        connection: to read from.
        api: to ask.
        listing: one that has come to its end.
        scope_now: what the token can see now; if that is not what it was at the beginning, nothing is
            decided.

    Raises:
        ProviderError: Strava cannot be asked now; the listing is to be gone on with later.
    """
    if scope_now != listing.scope:
        return Verdict()
    missing = find_missing_activities(listing, scopes=scopes_within(scope_now), conn=connection)
    verdict = Verdict()
    # From all over the window, so that one that is still there does not hide the same others every time.
    asked_for = missing[:: -(-len(missing) // ASKED_FOR)] if missing else []
    for activity_id in asked_for:
        try:
            page = _page_of(api, activity_id)
        except (PermissionRefused, UnexpectedReply):
            verdict.undecided += 1  # one that starts in the future cannot be listed, for instance
            continue
        if page is None:
            verdict.deleted.append(activity_id)
        elif activity_id in page.activity_ids:
            verdict.moved.append(page)
        else:
            verdict.undecided += 1
    not_asked_for = set(missing) - set(asked_for)
    if listing.kind == "full" and len(verdict.deleted) == len(asked_for):
        verdict.deleted += not_asked_for
    else:
        verdict.undecided += len(not_asked_for)
    return verdict


def _page_of(api: StravaApi, activity_id: int) -> ActivitiesPage | None:
    """Return the listed row of an activity, with others of its second; None when there is none of its id."""
    start = api.find_activity(activity_id)
    if start is None:
        return None
    second = int(start.timestamp())
    return api.list_activities(after=second - 1, before=second + 1, page=1)
