"""The result thread: from a proposal over needs, solutions and pilots to cases, both ways."""
