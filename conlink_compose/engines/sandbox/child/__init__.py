"""What runs between the fork of a node and its exec."""
