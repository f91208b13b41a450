"""The REST API, asked over a real socket."""
