"""The service, where it reads from a hot standby."""
