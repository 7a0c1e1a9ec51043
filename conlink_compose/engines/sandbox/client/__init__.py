"""What the CLI and the runtime know of a supervisor."""
