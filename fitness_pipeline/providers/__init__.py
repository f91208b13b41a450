"""What talks to the outside world: provider APIs and the files they export. Knows no database."""
