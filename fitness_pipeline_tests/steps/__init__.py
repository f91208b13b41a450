"""Tests of the steps from provider to runs."""
