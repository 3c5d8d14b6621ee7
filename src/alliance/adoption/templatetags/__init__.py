"""Tags that the pages of other rooms load."""
