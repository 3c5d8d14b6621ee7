"""What a city does on its way from need to result, and what of it hangs together."""
