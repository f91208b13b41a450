"""From Strava's activities to runs."""
