"""Forms of testbeds and pilots."""
