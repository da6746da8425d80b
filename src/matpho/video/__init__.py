"""Bytes to packets, packets to recordings, live fragments and decoded pictures. PyAV only."""
