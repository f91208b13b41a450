"""From rows of MapMyFitness exports to runs."""
