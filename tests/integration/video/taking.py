"""Packets of a source."""

import itertools


def some(source, count):
    """The first so many, and the source closed."""
    try:
        return list(itertools.islice(source, count))
    finally:
        source.close()
