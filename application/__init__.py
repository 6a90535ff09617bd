"""Use cases, the ports they need, and the views: no framework, no database driver."""
