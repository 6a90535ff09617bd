"""What all pages have in common: reading, languages, rendering, keeping, answering."""
