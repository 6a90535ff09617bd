"""The read API of Atlassian Statuspage, version 2: what its readers know already, by another address."""
