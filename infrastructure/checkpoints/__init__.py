"""Signs what the tree of the log is: the key, the checkpoints, and where they are kept."""
