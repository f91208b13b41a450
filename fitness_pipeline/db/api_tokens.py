"""The table `normalized.api_tokens`: who may ask the REST API, and what."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from psycopg import errors as pg
from psycopg.rows import class_row, dict_row
from pydantic import SecretStr

from fitness_pipeline.db.connection import AnyConnection, reading, transaction
from fitness_pipeline.db.run_changes import NO_PERSONS
from fitness_pipeline.errors import InvalidValue, TokenNotFound

Role = Literal["viewer", "editor"]

_PREFIX = "fp_"
_BYTES = 32
_LONGEST_NAME = 100
_COLUMNS = "name, role, created_at, expires_at, last_used_at, revoked_at"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiToken:
    """A token, without its secret.

    Attributes:
        name: who or what uses it; edits are signed with it.
        role: a viewer reads, an editor may do everything.
        expires_at: None for never.
        last_used_at: to the minute.
    """

    name: str
    role: Role
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None

    def works_at(self, now: datetime) -> bool:
        """Return whether it opens anything.

        Args:
            now: the time.
        """
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


def mint_token(
    name: str, role: Role, expires_at: datetime | None = None, *, conn: AnyConnection | None = None
) -> SecretStr:
    """Make a token of 256 random bits, and keep only its hash.

    Args:
        name: who or what uses it; each is given once.
        role: what it opens.
        expires_at: when it ends to work; None for never.
        conn: the caller's connection, to take part in its transaction.

    Returns:
        The token, which nobody can show a second time.

    Raises:
        InvalidValue: the name is empty or taken, or one that a provider's changes are signed with.
    """
    name = name.strip()
    if not name or len(name) > _LONGEST_NAME or not name.isprintable():
        raise InvalidValue(
            f"A token needs a name that says who or what uses it, of at most {_LONGEST_NAME} characters."
        )
    if name.casefold() in NO_PERSONS:
        raise InvalidValue(
            f"Edits are signed with the name of their token, and {name!r} signs what comes from elsewhere. "
            "Choose another name."
        )
    token = SecretStr(_PREFIX + secrets.token_urlsafe(_BYTES))
    try:
        with transaction(conn) as connection:
            connection.execute(
                "insert into normalized.api_tokens (name, sha256, role, expires_at) values (%s, %s, %s, %s)",
                [name, _digest(token.get_secret_value()), role, expires_at],
            )
    except pg.UniqueViolation:
        # Edits are signed with names, so one is never given to somebody else.
        raise InvalidValue(f"There is or was a token called {name!r}. Choose another name.") from None
    return token


def find_token(token: str, *, conn: AnyConnection | None = None) -> ApiToken | None:
    """Return whose token it is, or None when it does not work: unknown, expired or revoked.

    Args:
        token: as it came with a request.
        conn: the caller's connection, to take part in its transaction.
    """
    digest = _digest(token)
    statement = f"""
        select {_COLUMNS}, sha256,
               last_used_at is null or last_used_at < now() - interval '1 minute' as is_news
        from normalized.api_tokens
        where sha256 = %s and revoked_at is null and (expires_at is null or expires_at > now())
    """  # noqa: S608 - the columns are a constant
    with reading(conn) as connection, connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(statement, [digest]).fetchone()
        # The index may have compared in any way it likes; this takes equally long whatever is wrong.
        if row is None or not hmac.compare_digest(row.pop("sha256"), digest):
            return None
        if row.pop("is_news"):
            cursor.execute(
                "update normalized.api_tokens set last_used_at = now() where name = %s", [row["name"]]
            )
    return ApiToken(**row)


def get_tokens(*, conn: AnyConnection | None = None) -> list[ApiToken]:
    """Return all tokens, revoked ones included, in the order of their names.

    Args:
        conn: the caller's connection, to take part in its transaction.
    """
    statement = f"select {_COLUMNS} from normalized.api_tokens order by name"  # noqa: S608 - a constant
    with reading(conn) as connection, connection.cursor(row_factory=class_row(ApiToken)) as cursor:
        return cursor.execute(statement).fetchall()


def has_living_token(*, conn: AnyConnection | None = None) -> bool:
    """Return whether there is a token that works.

    Args:
        conn: the caller's connection, to take part in its transaction.
    """
    with reading(conn) as connection:
        found = connection.execute(
            """
            select from normalized.api_tokens
            where revoked_at is null and (expires_at is null or expires_at > now()) limit 1
            """
        )
        return bool(found.rowcount)


def revoke_token(name: str, *, conn: AnyConnection | None = None) -> None:
    """Make a token useless; revoking twice is revoking once.

    Args:
        name: of the token.
        conn: the caller's connection, to take part in its transaction.

    Raises:
        TokenNotFound: there is none of this name.
    """
    with transaction(conn) as connection:
        changed = connection.execute(
            "update normalized.api_tokens set revoked_at = coalesce(revoked_at, now()) where name = %s",
            [name],
        ).rowcount
    if not changed:
        raise TokenNotFound(f"There is no token called {name!r}. `fitness-pipeline token list` shows them.")


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
