"""Reading questions, researchers and answers."""
