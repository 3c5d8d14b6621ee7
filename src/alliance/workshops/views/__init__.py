"""The pages of workshops: for the public, for participants and for organisers."""
