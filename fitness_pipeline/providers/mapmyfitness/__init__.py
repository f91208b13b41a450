"""MapMyFitness: a signed-in runner downloads all workouts as one CSV export."""
