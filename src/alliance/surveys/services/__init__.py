"""What a survey does: questions are set, answers taken and counted, files written."""
