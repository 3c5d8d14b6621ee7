"""What is done with a plan: its text is set, comments are typed in, files are written."""
