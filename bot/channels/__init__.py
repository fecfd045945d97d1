"""One module a platform: it decodes, verifies and sends, and knows nothing of ours but ``model``."""
