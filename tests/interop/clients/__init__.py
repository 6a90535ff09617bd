"""Programs that read as people and their tools do; each gives what it understood as JSON."""
