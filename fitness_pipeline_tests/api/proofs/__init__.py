"""What the REST API promises, against all at once: odd requests, long stories, crowds, a killed server."""
