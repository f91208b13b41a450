"""How the lifter trains."""
