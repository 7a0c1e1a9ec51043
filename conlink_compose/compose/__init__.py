"""Compose's own rules: which files are read, how they become one tree, and what a service is."""
