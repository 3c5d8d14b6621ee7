"""Services that change adoptions, steps and links."""
