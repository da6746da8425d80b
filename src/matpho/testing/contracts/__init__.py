"""One conformance suite per port: what every implementation keeps, ours or not."""
