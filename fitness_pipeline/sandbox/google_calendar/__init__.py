"""A stand-in for Google Calendar v3: events, batches, OAuth, quotas, and faults on order."""
