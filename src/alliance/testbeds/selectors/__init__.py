"""Reading testbeds and pilots for pages and the API."""
