"""Where the keys of stored tokens are: in TOKEN_ENCRYPTION_KEY, or in a file that only its owner may read."""

import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from pydantic import SecretStr

from fitness_pipeline.errors import ConfigurationError, EncryptionKeyMissing
from fitness_pipeline.settings import Settings
from fitness_pipeline.token_cipher import TokenCipher, new_key

VARIABLE = "TOKEN_ENCRYPTION_KEY"


@dataclass(frozen=True, slots=True)
class TokenKeys:
    """The keys of one environment, read anew at each use, since another process may replace them.

    Whoever reads a key to use it on stored tokens holds a lock on their table (see
    `db.oauth_credentials`), which `rotate` excludes: so key and tokens always belong together.

    Attributes:
        given: what TOKEN_ENCRYPTION_KEY holds: a key, or several with commas between; None without it.
        file: where the key is otherwise.
    """

    given: SecretStr | None
    file: Path

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return where the keys of an environment are."""
        return cls(settings.token_encryption_key, settings.token_key_file)

    @property
    def origin(self) -> str:
        """Where they are, for a person."""
        return VARIABLE if self.given is not None else str(self.file)

    def cipher(self) -> TokenCipher:
        """Return what reads stored tokens.

        Raises:
            EncryptionKeyMissing: there is no key; none is made, since it could not read anything.
            InvalidEncryptionKey: what is there is no key.
        """
        return TokenCipher(self.read(), self.origin)

    def cipher_for_storing(self) -> TokenCipher:
        """Return what stores tokens; the key file is made if it is missing.

        Raises:
            InvalidEncryptionKey: what is there is no key.
            ConfigurationError: the file cannot be written.
        """
        if self.given is None and not self.file.exists():
            _write(self.file, new_key(), is_replacing=False)
        return self.cipher()

    def add_to_file(self, key: str) -> TokenCipher:
        """Put a key in front of those in the file, and return what encrypts under it and reads all.

        Args:
            key: the new key.

        Raises:
            EncryptionKeyMissing, InvalidEncryptionKey, ConfigurationError: the file cannot be used.
        """
        keys = [key, *self.read()]
        cipher = TokenCipher(keys, self.origin)
        _write(self.file, ",".join(keys), is_replacing=True)
        return cipher

    def newest(self) -> "TokenKeys":
        """Return the first of these keys alone."""
        return TokenKeys(SecretStr(self.read()[0]), self.file)

    def keep_newest_in_file(self) -> None:
        """Take away all keys but the first from the file.

        Raises:
            EncryptionKeyMissing, ConfigurationError: the file cannot be used.
        """
        _write(self.file, self.read()[0], is_replacing=True)

    def read(self) -> list[str]:
        """Return the keys as they are there, the one that encrypts first.

        Raises:
            EncryptionKeyMissing, ConfigurationError: they cannot be read.
        """
        if self.given is not None:
            text = self.given.get_secret_value()
        else:
            try:
                text = self.file.read_text(encoding="ascii", errors="replace")
            except FileNotFoundError:
                raise EncryptionKeyMissing(
                    f"The key of the stored tokens is missing: {self.file} is not there, and {VARIABLE} is "
                    "not set. Put it back; the tokens are still there. If it is gone for good, connect the "
                    "providers again (`fitness-pipeline auth strava`, `fitness-pipeline auth google`)."
                ) from None
            except OSError as error:
                raise _unusable(self.file, error) from None
        return [key for part in text.split(",") if (key := part.strip())]


def _write(path: Path, text: str, *, is_replacing: bool) -> None:
    """Write a file whole or not at all, for the owner's eyes only, and onto the disk before returning.

    Without `is_replacing`, a file that is there stays: of several processes, the first one's key counts.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # with mode 0600
        unfinished = Path(name)
        try:
            with os.fdopen(descriptor, "w") as file:
                file.write(f"{text}\n")
                file.flush()
                os.fsync(file.fileno())
            if is_replacing:
                unfinished.replace(path)
            else:
                with suppress(FileExistsError):
                    path.hardlink_to(unfinished)
        finally:
            unfinished.unlink(missing_ok=True)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise _unusable(path, error) from None


def _unusable(path: Path, error: OSError) -> ConfigurationError:
    return ConfigurationError(
        f"The key file {path} cannot be used: {error.strerror}. Make it and its folder yours, or set "
        f"{VARIABLE}."
    )
