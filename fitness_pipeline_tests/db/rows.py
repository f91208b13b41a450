"""A row for each public table that no other builder fills."""

ROWS = {
    "shoes": "insert into shoes (id, name) values ('a', 'A')",
    "sync_metadata": "insert into sync_metadata (provider, last_synced_at) values ('mmf', now())",
    "oauth_credentials": """
        insert into oauth_credentials (provider, client_id, client_secret, access_token, refresh_token)
        values ('strava', 'a', 'b', 'c', 'd')
    """,
    "synced_runs": """
        insert into synced_runs (run_id, run_version, google_event_id, sync_status)
        values ('mmf_1', 1, 'event', 'pending')
    """,
}
