"""The nodes' output, kept and read again."""
