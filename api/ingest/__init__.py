"""Foreign formats that are taken in."""
