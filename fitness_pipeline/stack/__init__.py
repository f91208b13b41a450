"""What `fitness-pipeline up` runs: Dagster's programs and the REST API, started, watched, ended as one."""
