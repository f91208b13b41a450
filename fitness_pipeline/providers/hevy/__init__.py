"""Hevy, over its API: workouts, what happened to them, and exercise templates."""
