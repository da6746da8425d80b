"""Frames to observations, tracks and static objects. Knows neither streams nor zones nor rules."""
