"""What is sent and answered, where it is too long to stand beside its routes."""
