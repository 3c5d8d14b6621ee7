"""Words of the knowledge base for templates."""
