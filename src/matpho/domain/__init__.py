"""The nouns of the programme and the laws they keep. Standard library only; frozen dataclasses."""
