"""Where the rows of the views are written and read."""
