"""Packet sources: RTSP cameras and files."""
