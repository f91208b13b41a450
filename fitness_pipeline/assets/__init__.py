"""The assets, one file a stage: fetch, call, report. What they make is rows in Postgres."""
