"""System calls and kernel interfaces that Python lacks, each wrapped once: the lowest room.

A node is a fork that holds what is imported here, so each module stays light.
"""
