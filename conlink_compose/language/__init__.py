"""The `x-conlink` key: a document to a `Topology`, or everything that is wrong with it."""
