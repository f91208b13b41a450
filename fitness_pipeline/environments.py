"""Environments: which one counts, and how a message names the commands of another than the usual one."""

import os
import re

DEFAULT = "dev"
# `demo` has an environment of its own, whatever it is called with.
_COMMAND = re.compile(r"`fitness-pipeline (?!--env |demo\b)")


def current_environment() -> str:
    """Return the environment that `ENV` names, or `dev`."""
    return os.environ.get("ENV") or DEFAULT


def with_environment(text: str, env: str) -> str:
    """Return a text whose commands, which it has between backticks, are those of an environment.

    Args:
        text: such as "`fitness-pipeline rejects` says why."
        env: the environment, such as "demo"; commands of the usual one are called without it.
    """
    return text if env == DEFAULT else _COMMAND.sub(f"`fitness-pipeline --env {env} ", text)
