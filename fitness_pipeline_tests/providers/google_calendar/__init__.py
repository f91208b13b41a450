"""Connecting to Google Calendar, and writing to it."""
