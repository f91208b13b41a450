"""Replaces the key of the stored tokens; a crash at any point leaves them readable."""

from contextlib import suppress

from fitness_pipeline.db.connection import AnyConnection, connect
from fitness_pipeline.db.oauth_credentials import encrypt_anew, keep_everybody_out, stored_providers
from fitness_pipeline.errors import ConfigurationError, WrongEncryptionKey
from fitness_pipeline.token_cipher import HOW_TO_MAKE_A_KEY, TokenCipher, new_key
from fitness_pipeline.token_keys import VARIABLE, TokenKeys


def rotate_key(keys: TokenKeys) -> list[str]:
    """Encrypt all credentials anew, in one transaction.

    With TOKEN_ENCRYPTION_KEY, its first key counts from now on. With a key file, the new key is put in
    front of the old one, the credentials are committed under it, and only then the old one is taken away.

    Args:
        keys: where the keys are.

    Returns:
        The providers whose credentials there are; with none, the key stays as it is.

    Raises:
        EncryptionKeyMissing, InvalidEncryptionKey, WrongEncryptionKey: some cannot be read; nothing changes.
        ConfigurationError: TOKEN_ENCRYPTION_KEY holds no second key.
    """
    with connect() as connection:
        with connection.transaction():
            keep_everybody_out(connection)
            providers = stored_providers(connection)
            if not providers:
                return []
            encrypt_anew(connection, _with_new_key(keys))
        if keys.given is None:
            with connection.transaction():
                forget_old_keys(connection, keys)
    return providers


def _with_new_key(keys: TokenKeys) -> TokenCipher:
    """Return what decrypts under the old key and encrypts under the new one."""
    if keys.given is None:
        return keys.add_to_file(new_key())
    if len(keys.read()) < 2:
        raise ConfigurationError(
            f"{VARIABLE} holds one key. Put a new one in front of it, with a comma between (new,old), and "
            f"run this again. {HOW_TO_MAKE_A_KEY}"
        )
    return keys.cipher()


def forget_old_keys(connection: AnyConnection, keys: TokenKeys) -> None:
    """Keep only the first key in the file, if everything can be read with it.

    If not, another process has put a newer one in front and not used it yet. Should it end well, it takes
    the others away itself; should it not, they are needed.

    Args:
        connection: in a transaction.
        keys: where the file is.
    """
    keep_everybody_out(connection)
    with suppress(WrongEncryptionKey), connection.transaction():
        encrypt_anew(connection, keys.newest().cipher())
        keys.keep_newest_in_file()
