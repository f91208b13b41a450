"""The stand-in for Hevy: held to what is known of the real one."""
