"""The demo: real cases as data (``cases/``), replayed through the HTTP interface with the times they had."""
