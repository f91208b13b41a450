"""`/oauth`: connecting Strava and Google from a server, which has no browser of its own."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel

from fitness_pipeline.api.access import PatientEditor, Viewer
from fitness_pipeline.api.consent_page import HEADERS, consent_page
from fitness_pipeline.api.oauth_providers import PROVIDERS, ProviderName
from fitness_pipeline.api.patience import patiently
from fitness_pipeline.api.pool import Connection, borrowing
from fitness_pipeline.api.problems import UNUSABLE, responses, status_of, why_unusable
from fitness_pipeline.api.schemas.examples import shown_as
from fitness_pipeline.db.oauth_credentials import find_expiry
from fitness_pipeline.db.oauth_states import keep_state, take_state
from fitness_pipeline.db.provider_connections import find_connection
from fitness_pipeline.errors import AuthorizationRefused, ConfigurationError, FitnessPipelineError
from fitness_pipeline.providers.oauth import is_fresh, new_state

if TYPE_CHECKING:
    from fitness_pipeline.settings import Settings

router = APIRouter(tags=["oauth"])

_PAGE: dict[str, Any] = {"content": {"text/html": {"schema": {"type": "string"}}}}
_NOT_OURS = (
    "This is not an answer that is waited for: the link was used before, is older than ten minutes, or was "
    "made for something else. Begin again."
)

Provider = Annotated[ProviderName, Path(description="Who is to be asked.")]


class AuthorizeUrl(BaseModel):
    """Where a person says yes."""

    model_config = shown_as(
        {"url": "https://www.strava.com/oauth/authorize?client_id=31415&state=VXssIw291I2B"}
    )

    url: str


class AuthorizationStatus(BaseModel):
    """Whether a provider is connected. A refresh makes a token valid again by itself."""

    model_config = shown_as(
        {
            "authorized": True,
            "access_token_valid": True,
            "expires_at": "2026-03-01T13:45:10Z",
            "needs_reauthorization": False,
        }
    )

    authorized: bool
    access_token_valid: bool
    expires_at: datetime | None
    needs_reauthorization: bool


@router.get(
    "/oauth/{provider}/authorize-url", summary="The page that asks for consent", responses=responses(403)
)
async def read_authorize_url(provider: Provider, request: Request, editor: PatientEditor) -> AuthorizeUrl:
    """Where a person says yes, once, within ten minutes, in any browser.

    It takes an editor, although it changes nothing itself: the answer decides whose account is connected.
    """
    return AuthorizeUrl(url=await patiently(request, lambda: _question(request, provider)))


@router.get(
    "/oauth/{provider}/authorize",
    summary="To the page that asks for consent",
    status_code=302,
    response_class=RedirectResponse,
    responses={
        302: {"description": "To the provider.", "headers": {"Location": {"schema": {"type": "string"}}}},
        **responses(403),
    },
)
async def authorize(provider: Provider, request: Request, editor: PatientEditor) -> RedirectResponse:
    """As `authorize-url`, as a redirect."""
    url = await patiently(request, lambda: _question(request, provider))
    return RedirectResponse(url, 302, headers={"Cache-Control": "no-store"})


@router.get(
    "/oauth/{provider}/callback",
    summary="Where the browser comes back to",
    response_class=Response,
    responses={
        200: {"description": "It is connected.", **_PAGE},
        400: {"description": "A no, or no answer that is waited for.", **_PAGE},
        502: {"description": "The provider refused, or did not answer.", **_PAGE},
        503: {"description": "The database or the settings cannot be used now.", **_PAGE},
    },
)
async def come_back(
    provider: Provider,
    request: Request,
    state: Annotated[str, Query(description="What was sent with the question.")] = "",
    code: Annotated[str | None, Query(description="What is exchanged for tokens.")] = None,
    scope: Annotated[str | None, Query(description="What was granted.")] = None,
    error: Annotated[str | None, Query(description="Why nothing was.")] = None,
) -> Response:
    """Store what was granted, and show a page. Open to everybody: `state` says whose question it answers."""
    given = {"state": state, "code": code, "scope": scope, "error": error}
    answer = {name: value for name, value in given.items() if value is not None}
    status, text = await patiently(request, lambda: _answered(request, provider, answer))
    # Sentences name the command that most people connect with; whoever sees this page came by the API.
    text = text.replace(f"`fitness-pipeline auth {provider}`", f"`GET /oauth/{provider}/authorize-url`")
    return Response(consent_page(text), status, headers=HEADERS)


@router.get("/oauth/{provider}/status", summary="Whether a provider is connected", responses=responses())
def read_status(
    provider: Provider, request: Request, connection: Connection, viewer: Viewer
) -> AuthorizationStatus:
    """What is known here; the provider is not asked."""
    known = find_connection(provider, conn=connection)
    expires_at = find_expiry(provider, conn=connection)
    obstacle = PROVIDERS[provider].find_obstacle(request.app.state.settings, conn=connection)
    needs_a_person = known is not None and known.needs_reauthorization_reason is not None
    return AuthorizationStatus(
        authorized=obstacle is None,
        access_token_valid=not needs_a_person and is_fresh(expires_at, datetime.now(UTC), margin_seconds=0),
        expires_at=expires_at,
        needs_reauthorization=needs_a_person,
    )


def _question(request: Request, provider: ProviderName) -> str:
    state = new_state()
    question = PROVIDERS[provider].ask(request.app.state.settings, _back(request, provider), state)
    with borrowing(request) as connection:
        keep_state(state, provider, verifier=question.verifier, conn=connection)
    return question.url


def _answered(request: Request, provider: ProviderName, answer: dict[str, str]) -> tuple[int, str]:
    """Return the status and the text of the page."""
    try:
        with borrowing(request) as connection:
            kept = take_state(answer["state"], provider, conn=connection)
        if kept is None:
            return 400, _NOT_OURS
        settings: Settings = request.app.state.settings
        told = PROVIDERS[provider].connect(settings, answer, _back(request, provider), kept.verifier)
    except AuthorizationRefused as error:
        return 400, str(error)
    except FitnessPipelineError as error:
        return status_of(type(error)), str(error)
    except UNUSABLE as error:
        return 503, why_unusable(error)
    return 200, " ".join(filter(None, ("Thank you. It is connected; you can close this page.", told)))


def _back(request: Request, provider: ProviderName) -> str:
    """Return where the consent page is to send the browser."""
    settings: Settings = request.app.state.settings
    base = settings.api_public_url
    if base is None:
        host, port = request.scope.get("server") or ("", None)
        if host not in ("127.0.0.1", "::1"):
            raise ConfigurationError(
                "It is not known under which address a browser reaches this API. Set API_PUBLIC_URL, such as "
                "https://fitness.example.com."
            )
        base = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    return f"{base}/oauth/{provider}/callback"
