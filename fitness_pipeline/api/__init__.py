"""The REST API: thin routers, one a noun, over `db`."""
