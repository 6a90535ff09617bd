"""The event log: what appends to it, and what is kept in the transaction of its events."""
