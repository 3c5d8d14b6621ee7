"""Services of dialogues: votes, opinions, open data files."""
