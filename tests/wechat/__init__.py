"""The Official Account: what arrives, what is answered in the response, and what goes by customer service."""
