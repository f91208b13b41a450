"""The page that a browser shows when it comes back from a provider's consent page."""

import html

HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    # Its address has the code in it.
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
}

_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Fitness pipeline</title>
<style>body {{ font: 1.1rem/1.5 system-ui, sans-serif; max-width: 36rem; margin: 15vh auto; padding: 0 1rem }}
</style></head>
<body><h1>Fitness pipeline</h1><p>{text}</p></body></html>
"""


def consent_page(text: str) -> bytes:
    """Return the page.

    Args:
        text: what it says, as plain text.
    """
    return _PAGE.format(text=html.escape(text)).encode()
