"""When things are due, and the post that carries what is said."""
