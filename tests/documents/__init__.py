"""The documents: what goes in comes out, in a file that an office can open and print."""
