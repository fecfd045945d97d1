"""The roster import."""
