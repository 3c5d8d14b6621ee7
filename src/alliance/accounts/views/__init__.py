"""Pages about accounts, in addition to those of allauth."""
