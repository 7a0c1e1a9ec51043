"""System calls and kernel interfaces that Python lacks, each wrapped once."""
