"""What pages of areas read."""
