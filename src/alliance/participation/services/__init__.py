"""What changes processes, and what people do in them."""
