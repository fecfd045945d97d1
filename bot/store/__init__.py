"""What is kept: tables, the few questions asked of them, and the facts written to them."""
