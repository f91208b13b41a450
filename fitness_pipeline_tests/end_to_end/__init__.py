"""Whole journeys, with every process that a user would have."""
