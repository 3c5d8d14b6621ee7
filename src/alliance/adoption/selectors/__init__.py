"""What is read of adoptions, steps and links."""
