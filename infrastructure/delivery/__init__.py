"""Sends deliveries: by e-mail, and to webhooks, Slack and Teams."""
