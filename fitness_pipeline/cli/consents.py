"""Asks for a person's consent on a provider's page, in a browser that comes back to this machine."""

import webbrowser
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from fitness_pipeline.cli.callback import CallbackListener, Query
from fitness_pipeline.cli.console import console
from fitness_pipeline.db.connection import connect
from fitness_pipeline.errors import AuthorizationRefused
from fitness_pipeline.providers.oauth import is_ours, new_state
from fitness_pipeline.token_keys import TokenKeys

Consent = TypeVar("Consent")


@dataclass(frozen=True, slots=True, kw_only=True)
class Browser:
    """How the page is shown, and waited for.

    Attributes:
        is_only_printed: whether the person opens the page.
        port: where the browser comes back to; 0 for any free one.
        timeout_seconds: how long to wait for the answer.
    """

    is_only_printed: bool
    port: int
    timeout_seconds: float


def keys_that_can_store(keys: TokenKeys) -> TokenKeys:
    """Return the keys once tokens can be stored under them: better known now than after the person's answer.

    Args:
        keys: what tokens will be encrypted under.

    Raises:
        FitnessPipelineError: the key or the database cannot be used.
    """
    keys.cipher_for_storing()
    with connect():
        pass
    return keys


def ask_for_consent(
    whose: str,
    url: Callable[[str, str], str],
    read: Callable[[Query, str], Consent],
    warning: Callable[[Consent], str | None],
    browser: Browser,
) -> Consent:
    """Return what a person granted.

    Args:
        whose: page it is, such as `Strava's`.
        url: its address, of where it is to send the browser and the state that is to come back.
        read: reads the answer, and is told where the browser came back to.
        warning: what the browser is to show besides thanks.
        browser: how to ask.

    Raises:
        AuthorizationRefused: there was no answer, or a no.
    """
    state = new_state()

    def page(query: Query) -> str:
        try:
            told = warning(read(query, listener.url))
        except AuthorizationRefused as error:
            return str(error)
        return " ".join(filter(None, ("Thank you. Your terminal says how it went.", told)))

    with CallbackListener(
        is_ours=lambda query: is_ours(query, state), reply=page, port=browser.port
    ) as listener:
        address = url(listener.url, state)
        console.print(f"Say yes on this page of {whose}, in a browser on this machine:")
        console.print(address, markup=False, soft_wrap=True)
        if not browser.is_only_printed and not webbrowser.open(address):
            console.print("No browser could be opened: follow the link yourself.")
        return read(listener.wait(browser.timeout_seconds), listener.url)
