"""conlink-compose: declare the network of a Compose file next to its services."""

__version__ = "0.1.0"
