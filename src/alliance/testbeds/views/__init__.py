"""The pages of testbeds and pilots: parse, go through a door, one service or selector, render."""
