"""Where sealed evidence is kept."""
