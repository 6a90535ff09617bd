"""Signing in at a provider of identities (OpenID Connect Core 1.0)."""
