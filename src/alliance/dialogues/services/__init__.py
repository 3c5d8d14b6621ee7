"""What a dialogue does: votes are taken, opinions worked out, open files read and written."""
