"""Words of pages of processes."""
