"""The kernel of the HTTP interface: what every route shares."""
