"""Single values of the language: addresses, routes, impairments, ids."""
