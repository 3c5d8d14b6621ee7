"""What is done in budgets: prepared, declared, voted, counted."""
