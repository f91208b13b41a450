"""Composes MapMyFitness exports of a runner who does not exist; equal arguments give equal text."""
