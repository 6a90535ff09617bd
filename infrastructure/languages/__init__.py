"""The languages of built-in texts: a catalog (gettext, ``<tag>.po``) for each but English, which needs none."""
