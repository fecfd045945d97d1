"""Nobody sees, and nothing keeps, more than it should."""
