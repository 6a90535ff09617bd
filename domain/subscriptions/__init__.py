"""Who wants to be notified of what, and by which way."""
