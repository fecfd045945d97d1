"""WeCom: what it sends, what we send, and what neither may do."""
