"""Aggregates as JSON documents: the private side for operators and auditors, the public side for everybody."""
