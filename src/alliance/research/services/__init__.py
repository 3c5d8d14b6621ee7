"""What is done with profiles, questions and answers."""
