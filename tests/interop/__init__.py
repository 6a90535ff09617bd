"""Real clients read the running service, and say the right thing at each step of what happens to it."""
