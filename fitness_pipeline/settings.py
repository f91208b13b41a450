"""Configuration: `.env.<ENV>` at the project's root, overruled by real environment variables."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from fitness_pipeline.environments import DEFAULT, current_environment
from fitness_pipeline.errors import ConfigurationError, InvalidDatabaseUrl, UnknownTimeZone
from fitness_pipeline.event_templates import DESCRIPTION, TITLE, checked_template
from fitness_pipeline.project import project_root

DEMO = "demo"
_NOT_FOR_THE_DEMO = (
    "database_url",
    "dagster_database_url",
    "token_encryption_key",
    "strava_client_id",
    "strava_client_secret",
    "strava_refresh_token",
    "hevy_api_key",
    "google_client_id",
    "google_client_secret",
    "google_calendar_id",
)
# Those of the demo that are true while a stand-in answers at the address named with them.
_OF_STAND_INS = {
    "strava_api_url": {"strava_client_id", "strava_client_secret"},
    "hevy_api_url": {"hevy_api_key"},
    "google_api_url": {"google_client_id", "google_client_secret", "google_calendar_id"},
}
_PROVIDER_URLS = (
    "strava_api_url",
    "strava_token_url",
    "strava_authorize_url",
    "hevy_api_url",
    "google_api_url",
    "google_token_url",
    "google_authorize_url",
)
# Where the demo asks for a provider that no stand-in plays.
NOBODY = "http://127.0.0.1:9"


class HistorySettings(BaseSettings):
    """What Dagster has to know to load the definitions, which need nothing else to be right."""

    model_config = SettingsConfigDict(
        env_ignore_empty=True, extra="ignore", frozen=True, hide_input_in_errors=True
    )

    strava_history_start: date = date(2009, 1, 1)

    @field_validator("strava_history_start", mode="before")
    @classmethod
    def _month(cls, month: object) -> object:
        """Return the first day of a month that is written as 2009-01."""
        if not isinstance(month, str):
            return month
        if not re.fullmatch(r"(19|20)\d\d-(0[1-9]|1[0-2])", month):
            raise ValueError("it is to be a month, such as 2009-01")
        return f"{month}-01"

    @field_validator("strava_history_start")
    @classmethod
    def _past(cls, day: date) -> date:
        if day > datetime.now(UTC).date():
            raise ValueError("it is to be a month of the past, such as 2009-01")
        return day


class Settings(HistorySettings):
    """All settings, validated. `.env.example` has a sentence on each."""

    env: str = DEFAULT
    database_url: SecretStr | None = None
    dagster_database_url: SecretStr | None = None
    mmf_timezone: str = "America/Chicago"
    fitness_data_dir: Path = Path("data")
    token_encryption_key: SecretStr | None = None
    strava_client_id: str | None = None
    strava_client_secret: SecretStr | None = None
    strava_refresh_token: SecretStr | None = None
    strava_api_url: str = "https://www.strava.com/api/v3"
    strava_token_url: str = "https://www.strava.com/oauth/token"  # noqa: S105 - an address
    strava_authorize_url: str = "https://www.strava.com/oauth/authorize"
    hevy_api_key: SecretStr | None = None
    hevy_api_url: str = "https://api.hevyapp.com"
    strava_overlap_days: Annotated[int, Field(ge=1, le=365)] = 14
    strava_raw_retention_days: Annotated[int, Field(ge=1)] | None = None
    google_client_id: str | None = None
    google_client_secret: SecretStr | None = None
    google_calendar_id: str = "primary"
    google_api_url: str = "https://www.googleapis.com"
    google_token_url: str = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
    google_authorize_url: str = "https://accounts.google.com/o/oauth2/v2/auth"
    calendar_sync_since: date | None = None
    calendar_timezone: str | None = None
    calendar_title: str = TITLE
    calendar_description: str = DESCRIPTION
    calendar_all_day: bool = True
    calendar_batch_size: Annotated[int, Field(ge=1, le=1000)] = 50
    api_pool_size: Annotated[int, Field(ge=1, le=200)] = 10
    api_cors_origins: str = ""
    api_upload_mebibytes: Annotated[int, Field(ge=1, le=1024)] = 32
    api_public_url: str | None = None

    @field_validator("env")
    @classmethod
    def _name(cls, env: str) -> str:
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,30}", env):
            raise ConfigurationError(
                f"ENV cannot be used: {env!r} is no name. Use lower-case letters, digits and _, "
                "such as dev or prod."
            )
        return env

    @field_validator("mmf_timezone", "calendar_timezone")
    @classmethod
    def _known_time_zone(cls, name: str | None) -> str | None:
        return None if name is None else time_zone(name).key

    @field_validator("calendar_title", "calendar_description")
    @classmethod
    def _known_template(cls, template: str) -> str:
        # What a variable of the shell can hardly hold: the end of a line.
        return checked_template(template.replace("\\n", "\n"))

    @field_validator("fitness_data_dir")
    @classmethod
    def _absolute(cls, path: Path) -> Path:
        return project_root() / path.expanduser()

    @field_validator("database_url", "dagster_database_url")
    @classmethod
    def _postgres_url(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None:
            _check_postgres_url(url.get_secret_value())
        return url

    @field_validator(*_PROVIDER_URLS, "api_public_url")
    @classmethod
    def _safe_url(cls, url: str | None) -> str | None:
        """Tokens go there: in the clear only to this machine."""
        if url is None:
            return None
        parts = urlsplit(url)
        is_here = parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1")
        if not parts.hostname or not (parts.scheme == "https" or is_here):
            raise ValueError("it is to be an https:// address (or http:// on this machine)")
        if parts.username is not None or "?" in url or "#" in url:
            raise ValueError("it is to be an address without a user, and without what follows a ? or a #")
        return url.rstrip("/")

    @field_validator("api_cors_origins")
    @classmethod
    def _origins(cls, origins: str) -> str:
        """A browser names where a page comes from as an origin, and any other text would never fit."""
        for origin in _listed(origins):
            if not re.fullmatch(r"https?://[^/?#@\s]+", origin):
                raise ValueError(
                    f"{origin!r} is no origin; write it as https://dashboard.example.com, without a path, "
                    "and commas between several"
                )
        return origins

    @model_validator(mode="before")
    @classmethod
    def _demo_stays_at_home(cls, values: dict[str, Any]) -> dict[str, Any]:
        """The demo fills a database, so it never sees the one that somebody works with, nor accounts.

        Where no stand-in plays a provider, nobody answers: the demo never talks to a true one.
        """
        if values.get("env") != DEMO:
            return values
        hidden = set(_NOT_FOR_THE_DEMO)
        for address, of_stand_in in _OF_STAND_INS.items():
            if str(values.get(address, "")).startswith("http://127.0.0.1:"):
                hidden -= of_stand_in
        given = {name: value for name, value in values.items() if name not in hidden}
        return {**dict.fromkeys(_PROVIDER_URLS, NOBODY), **given}

    @property
    def cors_origins(self) -> list[str]:
        """Whose pages may ask the REST API from a browser."""
        return _listed(self.api_cors_origins)

    @property
    def is_embedded(self) -> bool:
        """Whether the database is the embedded server's."""
        return self.database_url is None

    @property
    def embedded_database(self) -> str:
        """The name of this environment's database on the embedded server."""
        return f"fitness_{self.env}"

    @property
    def inbox_dir(self) -> Path:
        """The watched folder."""
        return self._files_dir / "inbox"

    @property
    def archive_dir(self) -> Path:
        """Where imported files go."""
        return self._files_dir / "archive"

    @property
    def rejected_dir(self) -> Path:
        """Where files go that cannot be used, each with its reason."""
        return self._files_dir / "rejected"

    @property
    def uploads_dir(self) -> Path:
        """Where files lie that came through the REST API, while they are imported."""
        return self._files_dir / "uploads"

    @property
    def stand_in_calendar_file(self) -> Path:
        """What the demo's Google keeps from one time to the next."""
        return self._files_dir / "google_calendar.json"

    @property
    def _files_dir(self) -> Path:
        # So that nobody's own export ever becomes a part of the demo.
        return self.fitness_data_dir / DEMO if self.env == DEMO else self.fitness_data_dir

    @property
    def token_key_file(self) -> Path:
        """The key of the stored tokens, where TOKEN_ENCRYPTION_KEY is not set.

        Each environment has its own, as it has its own database: replacing one leaves the others alone.
        """
        return self.fitness_data_dir / f"token.{self.env}.key"

    @property
    def postgres_dir(self) -> Path:
        """The embedded server's data."""
        return self.fitness_data_dir / "postgres"

    @property
    def dagster_home(self) -> Path:
        """Dagster's own folder (`DAGSTER_HOME`) for this environment."""
        return self.fitness_data_dir / "dagster_home" / self.env


def load_settings() -> Settings:
    """Read the settings of the environment that `ENV` names (`dev` without it).

    Returns:
        The settings, validated.

    Raises:
        ConfigurationError: a value cannot be used; the message names the variable and the next step,
            never the value of a secret.
    """
    env = current_environment()
    with _explained(env):
        return Settings(_env_file=_env_file(env), env=env)  # type: ignore[call-arg]


def load_history_settings() -> HistorySettings:
    """Read those few settings that the definitions need; no other one can be in the way.

    Raises:
        ConfigurationError: one of them cannot be used.
    """
    env = current_environment()
    with _explained(env):
        return HistorySettings(_env_file=_env_file(env))  # type: ignore[call-arg]


def _env_file(env: str) -> Path:
    return project_root() / f".env.{env}"


@contextmanager
def _explained(env: str) -> Iterator[None]:
    try:
        yield
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        variable = str(first["loc"][0]).upper()
        raise ConfigurationError(
            f"{variable} cannot be used: {first['msg']}. Change it in .env.{env} or in the environment."
        ) from None


def time_zone(name: str) -> ZoneInfo:
    """Return the time zone called `name`.

    Args:
        name: an IANA name such as `Europe/Berlin`.

    Raises:
        UnknownTimeZone: there is none of that name.
    """
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise UnknownTimeZone(
            f"{name!r} is not a time zone. Use an IANA name such as America/Chicago or Europe/Berlin "
            "(in MMF_TIMEZONE or CALENDAR_TIMEZONE, unless you gave it otherwise)."
        ) from None


def _listed(origins: str) -> list[str]:
    return [origin.strip().rstrip("/") for origin in origins.split(",") if origin.strip()]


def _check_postgres_url(url: str) -> None:
    """Raise InvalidDatabaseUrl unless `url` is one that libpq understands; never repeat its password."""
    # Here, so that loading the definitions stays fast.
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

    advice = (
        "Write it as postgresql://[user[:password]@][host[:port]][/database], with special characters in "
        "the password percent-encoded, or leave it out to use the embedded server."
    )
    scheme, separator, _ = url.partition("://")
    if not separator or scheme not in ("postgresql", "postgres"):
        raise InvalidDatabaseUrl(f"The database URL does not start with postgresql://. {advice}")
    try:
        parts = conninfo_to_dict(url)
        int(parts.get("port") or 5432)
    except (psycopg.ProgrammingError, ValueError):
        raise InvalidDatabaseUrl(f"The database URL cannot be read. {advice}") from None
