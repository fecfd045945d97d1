"""Other programs that are told of facts."""
