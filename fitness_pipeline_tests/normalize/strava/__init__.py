"""Tests of how Strava's activities become runs."""
