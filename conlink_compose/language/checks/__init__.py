"""What is judged over the whole topology."""
