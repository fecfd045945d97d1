"""The web chat and the public board."""
