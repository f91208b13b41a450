"""What a run looks like on a calendar, and what follows from what a calendar answers: no I/O, no clock."""
