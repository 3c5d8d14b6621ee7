"""Reading the indicators: what pages, downloads and the engine are given."""
