"""The demo: real cases, replayed through the use cases with the times they had."""
