"""The speed that we promise, measured against a bare query in the same run."""
