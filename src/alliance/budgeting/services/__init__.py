"""Services of budgets: preparing, declaring, voting, counting."""
