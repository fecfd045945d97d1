"""What the facts come to: streaks, coverage and runs, by the rules of a pack. Pure."""
