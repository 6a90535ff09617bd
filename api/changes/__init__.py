"""What changed in public, over HTTP."""
