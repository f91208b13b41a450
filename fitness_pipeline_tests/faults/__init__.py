"""What may go wrong goes wrong here, at every point: the end is the same."""
