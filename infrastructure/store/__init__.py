"""One small module per store; the statements are written once, in the SQL that both share."""
