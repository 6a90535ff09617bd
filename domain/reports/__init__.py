"""Reports: uptime, by named policies."""
