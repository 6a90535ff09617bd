"""The mails about the four cases, as people read them."""
