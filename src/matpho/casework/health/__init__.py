"""Health of cameras and machine: what is wrong, since when, what to do, and how much was recorded each day."""
