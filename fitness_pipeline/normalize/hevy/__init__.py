"""From Hevy's workouts to lifts."""
