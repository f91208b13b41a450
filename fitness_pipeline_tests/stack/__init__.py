"""Tests of the stack: small real processes, and Dagster itself."""
