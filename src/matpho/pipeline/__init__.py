"""Where video, vision and rules meet: one camera's step, a worker's group of cameras, a file's analysis."""
