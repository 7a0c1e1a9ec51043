"""The network image: what the injected services run, built from the package that is installed."""
