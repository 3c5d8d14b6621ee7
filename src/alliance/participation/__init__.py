"""What dialogues, budgets and campaigns share: processes, promises, participants, answers."""
