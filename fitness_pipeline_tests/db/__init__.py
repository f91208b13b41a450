"""Tests of everything that talks SQL."""
