"""Names that a shoe can have."""

# Far longer than any shoe is called: what goes on for longer is a text that was put in the wrong place.
LONGEST_SHOE_NAME = 200
