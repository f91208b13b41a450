"""What the providers' modules promise, without any database."""
