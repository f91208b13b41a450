"""What went wrong when a provider gave no reply at all, in words."""

import httpx


def describe(error: httpx.HTTPError) -> str:
    """Return a part of a sentence about the provider, without anything of the request, which carries secrets.

    Args:
        error: instead of a reply. It is not to be chained: it holds the request.
    """
    if isinstance(error, httpx.TimeoutException):
        return "it did not answer in time"
    if isinstance(error, httpx.ConnectError):
        return "it cannot be reached"
    return f"the connection broke ({type(error).__name__})"
