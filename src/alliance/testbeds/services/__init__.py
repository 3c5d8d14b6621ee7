"""Writing to testbeds and pilots: one function a step, each in one short transaction."""
