"""Reading MapMyFitness exports."""
