"""Where the project's own files lie: in a checkout, or inside an installed wheel."""

from pathlib import Path

PACKAGE_DIR = Path(__file__).resolve().parent


def project_root() -> Path:
    """Return the folder that `.env.*` files and a relative data folder are looked up in.

    Returns:
        The checkout's root when the package runs from one, otherwise the working directory.
    """
    checkout = PACKAGE_DIR.parent
    return checkout if (checkout / "alembic.ini").is_file() else Path.cwd()


def shipped_file(relative: str) -> Path:
    """Return the path of a file that the project ships.

    Args:
        relative: the path below the checkout's root, such as `alembic.ini` or `data/sample`.

    Returns:
        The checkout's own file, or the copy inside an installed wheel.
    """
    in_checkout = PACKAGE_DIR.parent / relative
    return in_checkout if in_checkout.exists() else PACKAGE_DIR / "_project" / relative
