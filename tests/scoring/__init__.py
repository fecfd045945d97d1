"""Scoring: the textbook, towns drawn at random against a naive walk, packs, figures from a database."""
