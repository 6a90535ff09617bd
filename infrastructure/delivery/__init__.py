"""Who is notified by which address, what waits to be sent, and how it is sent."""
