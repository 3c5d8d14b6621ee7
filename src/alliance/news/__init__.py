"""What is new: the weekly digest, and feeds."""
