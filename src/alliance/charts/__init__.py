"""Charts: data in, drawing out."""
