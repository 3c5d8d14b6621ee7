"""Services of processes and participants."""
