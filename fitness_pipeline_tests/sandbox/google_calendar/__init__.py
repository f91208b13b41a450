"""The stand-in for Google Calendar: each of its rules, and Google's own client against it."""
