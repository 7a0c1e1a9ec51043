"""A YAML document as plain data in which every key and value knows its place."""
