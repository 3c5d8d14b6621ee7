"""What is done in workshops."""
