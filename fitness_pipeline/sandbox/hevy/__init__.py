"""A stand-in for Hevy: its API over a loopback socket, and a lifter who does not exist."""
