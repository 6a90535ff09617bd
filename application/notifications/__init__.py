"""What subscribers are notified of, and in which words."""
