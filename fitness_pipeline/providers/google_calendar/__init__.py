"""Google Calendar v3: connecting, and writing events in batches."""
