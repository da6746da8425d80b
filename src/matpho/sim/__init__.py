"""The staged ward: scenes drawn onto a background clip, served as real RTSP. Analysis knows nothing of it."""
