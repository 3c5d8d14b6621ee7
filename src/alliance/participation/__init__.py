"""What dialogues, budgets and campaigns share: processes, promises, who takes part, answers."""
