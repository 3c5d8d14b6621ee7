"""Reading the knowledge base: doors from ids to records, and what each page shows."""
