"""Services of surveys: questions, answers, results and files."""
