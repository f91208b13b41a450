"""The steps from provider to runs, one a module, without Dagster: read here, written there, counted."""
