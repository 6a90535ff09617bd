"""Reports: what the kept spans tell of a period."""
