"""Mắt Phố: a ward's street cameras, from streams to incidents that people review."""

__version__ = "0.1.0"
