"""The result thread: the links from a proposal over needs, solutions and pilots to cases."""
