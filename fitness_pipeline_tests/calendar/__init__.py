"""Tests of what a run looks like on a calendar, and of what follows from a calendar's answers."""
