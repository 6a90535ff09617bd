"""The audit of the console: the log as people read it, the trail of anything, and the boards of the past."""
