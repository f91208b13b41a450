"""What `fitness-pipeline up` runs: Dagster's webserver and daemon, started, watched and ended as one."""
