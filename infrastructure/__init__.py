"""Adapters and assembly: the only SQL, the only clock, the only reader of the environment."""
