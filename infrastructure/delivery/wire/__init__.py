"""The protocols by which a delivery leaves: SMTP, and POST over HTTP. Nothing here knows what a delivery is about."""
