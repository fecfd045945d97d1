"""Lines as workers write them, and how they are to be read (README.md)."""
