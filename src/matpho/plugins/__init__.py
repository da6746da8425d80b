"""Everything replaceable: sources, detectors, stores, vaults. Only wiring names these."""
