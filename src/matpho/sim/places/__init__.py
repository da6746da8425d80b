"""The places that scenes are staged on: what is drawn of each, and where things may stand on it."""
