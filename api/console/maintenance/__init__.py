"""Screens of maintenance: windows, series, and the form that plans both."""
