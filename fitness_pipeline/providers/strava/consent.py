"""What the athlete answered on the consent page, as the browser brings it back."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import SecretStr

from fitness_pipeline.errors import AuthorizationRefused

# What is lost without a scope; the second one includes the first.
READ_ACTIVITIES = "activity:read"
READ_ALL_ACTIVITIES = "activity:read_all"


@dataclass(frozen=True, slots=True)
class Consent:
    """A yes.

    Attributes:
        code: to be exchanged for tokens, once.
        scopes: what was granted, in Strava's order.
    """

    code: SecretStr
    scopes: tuple[str, ...]

    @property
    def warning(self) -> str | None:
        """What will be missing with these scopes, or None."""
        if READ_ALL_ACTIVITIES in self.scopes:
            return None
        return (
            f"{READ_ALL_ACTIVITIES} was not granted: activities that only you can see, and the parts of "
            "others that lie in your privacy zones, will be missing. To have them, connect again and leave "
            "its box ticked."
        )


def read_consent(query: Mapping[str, str]) -> Consent:
    """Return the athlete's consent.

    Args:
        query: the parameters of the redirect: `code` and `scope`, or `error` (Strava's documentation of
            the authorize page).

    Raises:
        AuthorizationRefused: the athlete said no, or left out what cannot be done without.
    """
    if query.get("error") == "access_denied":
        raise AuthorizationRefused(
            "You said no on Strava's page. Run `fitness-pipeline auth strava` again to say yes."
        )
    if "code" not in query:
        raise AuthorizationRefused(
            "Strava sent the browser back without a code. Run `fitness-pipeline auth strava` again."
        )
    scopes = tuple(scope for scope in query.get("scope", "").replace(" ", ",").split(",") if scope)
    if not {READ_ACTIVITIES, READ_ALL_ACTIVITIES} & set(scopes):
        raise AuthorizationRefused(
            f"Neither {READ_ACTIVITIES} nor {READ_ALL_ACTIVITIES} was granted, so not one activity could be "
            "read. Run `fitness-pipeline auth strava` again and leave the boxes about activities ticked."
        )
    return Consent(SecretStr(query["code"]), scopes)
