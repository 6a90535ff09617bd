"""Feeds: what was told of incidents, maintenance and restorations, for the programs that people read news with."""
