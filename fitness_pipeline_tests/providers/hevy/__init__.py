"""Tests of asking Hevy."""
