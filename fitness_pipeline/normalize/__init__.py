"""Pure functions from a provider's raw rows to runs and lifts: no I/O, no clock, no settings."""
