"""Long lists as parameters, made in one go: psycopg takes a step of Python for each element."""

from collections.abc import Iterable


def bigints(numbers: Iterable[int]) -> str:
    """Return numbers as a parameter that is to be cast, such as `%(activity_ids)s::bigint[]`.

    Args:
        numbers: of at most 64 bits.
    """
    return f"{{{','.join(map(str, numbers))}}}"
