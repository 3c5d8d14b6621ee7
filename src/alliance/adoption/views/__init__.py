"""Views of adoptions."""
