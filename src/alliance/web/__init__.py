"""The furniture of every page: base templates, components, styles, middleware."""
