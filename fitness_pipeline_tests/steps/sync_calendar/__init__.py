"""Tests of syncing the calendar: each run is on it once, as it is now, with what the runner added to it."""
