"""Template tags: the components that pages are made of."""
