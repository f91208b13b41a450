"""Personal fitness data in one Postgres database, orchestrated by Dagster."""
