"""What changes adoptions, steps and links."""
