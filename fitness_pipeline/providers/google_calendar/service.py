"""Google's own client, with the API description that it ships, at an address of the settings."""

import json
from typing import Any

import google_auth_httplib2
import httplib2
from google.auth.credentials import Credentials
from googleapiclient.discovery import build_from_document
from googleapiclient.discovery_cache import get_static_doc

_TIMEOUT_SECONDS = 60.0


def calendar_service(
    api_url: str, credentials: Credentials, *, timeout_seconds: float = _TIMEOUT_SECONDS
) -> Any:
    """Return a client of the calendar API; for one thread at a time, as httplib2 is.

    Args:
        api_url: where Google's APIs are, such as https://www.googleapis.com.
        credentials: refreshed by the client before they expire, and after a 401.
        timeout_seconds: how long an answer may take.
    """
    document = json.loads(get_static_doc("calendar", "v3"))
    # The option `api_endpoint` would move single requests and leave batches at Google (tried).
    document["rootUrl"] = f"{api_url}/"
    document["baseUrl"] = f"{api_url}/{document['servicePath']}"
    http = google_auth_httplib2.AuthorizedHttp(credentials, http=httplib2.Http(timeout=timeout_seconds))
    return build_from_document(document, http=http)
