"""Template tags of testbeds and pilots."""
