"""PID 1 of a project: it holds the nodes."""
