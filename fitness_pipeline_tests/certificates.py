"""Stand-ins need no certificates, and to load those of everybody takes longer than a sync."""

import os

import pytest


def load_no_certificates(environment: pytest.MonkeyPatch) -> None:
    """Let HTTP clients that are made from now on know no authority: they talk to this machine only."""
    environment.delenv("SSL_CERT_FILE", raising=False)
    environment.setenv("SSL_CERT_DIR", os.devnull)
