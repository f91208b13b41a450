"""From the rows of a MapMyFitness export to runs."""
