"""What each service runs, for an engine that starts the nodes itself."""
