"""Strava, over its API: connecting, and asking for what it has."""
