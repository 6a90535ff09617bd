"""The words of notifications, in every language and for every channel."""
