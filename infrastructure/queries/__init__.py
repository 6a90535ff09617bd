"""What can be read, as SQL; one module a capability."""
