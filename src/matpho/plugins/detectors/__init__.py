"""Implementations of the detector port, registered as entry points of the group ``matpho.detectors``."""
