"""What the API gives of the knowledge base: the one place where its answers are declared."""
