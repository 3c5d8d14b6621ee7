"""Services for profiles, questions and answers."""
