"""Tests of the assets, run by Dagster over a real database."""
