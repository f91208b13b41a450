"""Encrypts tokens at rest, so that a copy of the database gives nobody an account."""

from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from fitness_pipeline.errors import InvalidEncryptionKey, WrongEncryptionKey

HOW_TO_MAKE_A_KEY = (
    "A key is 32 random bytes in URL-safe base64, made by `python -c 'from cryptography.fernet import "
    "Fernet; print(Fernet.generate_key().decode())'`."
)


class TokenCipher:
    """Encrypts and decrypts short texts, and notices when one was changed (Fernet).

    Args:
        keys: the first encrypts; all of them decrypt, so that a key can be replaced.
        origin: where they come from, for a person to look there.

    Raises:
        InvalidEncryptionKey: one of them is no key, or there is none.
    """

    def __init__(self, keys: Sequence[str], origin: str) -> None:
        self._origin = origin
        try:
            self._fernet = MultiFernet([Fernet(key) for key in keys])
        except ValueError:
            raise InvalidEncryptionKey(
                f"{origin} does not hold a key for stored tokens. Put back what was there before; if nothing "
                f"was ever stored, make a new one. {HOW_TO_MAKE_A_KEY}"
            ) from None

    def __repr__(self) -> str:
        return f"TokenCipher(keys of {self._origin})"

    def encrypt(self, text: str) -> str:
        """Return the text encrypted; the same text twice gives two results.

        Args:
            text: what to hide.
        """
        return self._fernet.encrypt(text.encode()).decode()

    def decrypt(self, encrypted: str) -> str:
        """Return the text that was encrypted.

        Args:
            encrypted: what `encrypt` returned.

        Raises:
            WrongEncryptionKey: it was encrypted under another key, or changed since.
        """
        try:
            return self._fernet.decrypt(encrypted.encode()).decode()
        except InvalidToken:
            raise WrongEncryptionKey(
                f"The stored tokens were encrypted under another key than that of {self._origin}. They are "
                "still there: put the former key back, or append it after a comma. If it is gone for good, "
                "connect the providers again (`fitness-pipeline auth strava`, `fitness-pipeline auth "
                "google`)."
            ) from None


def new_key() -> str:
    """Return a new random key."""
    return Fernet.generate_key().decode()
