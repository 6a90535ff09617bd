"""What is sent to subscribers."""
