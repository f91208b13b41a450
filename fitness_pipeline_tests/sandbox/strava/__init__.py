"""The stand-in for Strava: held to what is known of the real one."""
