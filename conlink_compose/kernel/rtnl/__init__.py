"""Rtnetlink: what is asked for each object (messages_*), and what is told of it (read_*)."""
