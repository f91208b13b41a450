"""Tests of the worker of the calendar: trouble at Google passes, concerns one event, or is told."""
