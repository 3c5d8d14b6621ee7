"""Reading the network: doors to its records, and what pages show."""
