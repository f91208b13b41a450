"""Connecting to Strava, and reading from it."""
