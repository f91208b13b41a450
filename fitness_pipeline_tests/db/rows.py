"""A row for each public table that no other builder fills."""

ROWS = {
    "shoes": "insert into shoes (id, name) values ('a', 'A')",
    "sync_metadata": "insert into sync_metadata (provider, last_synced_at) values ('mmf', now())",
    "oauth_credentials": """
        insert into oauth_credentials (provider, client_id, client_secret, access_token, refresh_token)
        values ('strava', 'a', 'b', 'c', 'd')
    """,
    "lifts": """
        insert into lifts (id, title, start_time, exercises, total_volume_kg, total_sets)
        values ('hevy_1', 'Workout', now(), '[]', 0, 0)
    """,
    "exercise_templates": "insert into exercise_templates (id, title) values ('79D0BB3A', 'Bench Press')",
    "synced_runs": """
        insert into synced_runs (run_id, run_version, google_event_id, sync_status)
        values ('mmf_1', 1, 'event', 'pending')
    """,
}
