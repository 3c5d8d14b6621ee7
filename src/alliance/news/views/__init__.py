"""The pages of digest and feeds."""
