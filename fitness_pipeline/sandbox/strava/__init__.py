"""A stand-in for Strava: its API over a loopback socket, and an athlete who does not exist."""
