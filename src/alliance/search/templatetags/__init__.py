"""Words for hits in the templates of the finder."""
