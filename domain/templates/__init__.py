"""Templates: texts with blanks that operators keep."""
