"""Template tags for the pages of other apps."""
