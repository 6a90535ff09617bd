"""Who is notified of what, once."""
