"""From raw rows to runs and lifts."""
