"""What is kept, and that it stays kept."""
