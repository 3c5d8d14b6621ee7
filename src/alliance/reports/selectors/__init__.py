"""What a brief says: from the pages of the knowledge base to the words and figures on one A4."""
