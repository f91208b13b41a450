"""Who is at the keyboard, for what is kept of who did something."""

import getpass

from fitness_pipeline.errors import InvalidValue


def this_user() -> str:
    """Return the name of the user whose command this is.

    Raises:
        InvalidValue: it has none.
    """
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        raise InvalidValue("Nobody knows the name of this user. Say who decides with --by NAME.") from None
