"""Stand-ins for the providers, for the demo and the tests: what they compose never happened."""
