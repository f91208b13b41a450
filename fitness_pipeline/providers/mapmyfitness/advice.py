"""What to tell a person whose export cannot be used."""

EXPORT_PAGE = "https://www.mapmyfitness.com/workout/export/csv"
EXPORT_AGAIN = f"Export it again from {EXPORT_PAGE} and leave the file as it is."
