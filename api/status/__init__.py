"""The status board over HTTP."""
