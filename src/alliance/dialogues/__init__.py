"""Dialogues: residents agree or disagree with statements; what they share and where they differ."""
