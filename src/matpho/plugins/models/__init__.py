"""The detectors that ship or can be named: model cards, and how the default one is made from its npm package."""
