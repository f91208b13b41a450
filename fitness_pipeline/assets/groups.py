"""Who owns the assets."""

OWNERS = ["team:runner"]
