"""The log as a whole: the key that signs it, and what became of it after a restore."""
