"""What is added to a user's project, and the compose files that say it. Text in, text out."""
