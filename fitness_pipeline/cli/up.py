def up(port: int = 3000, host: str = "127.0.0.1") -> None:
    """Start the stack."""
