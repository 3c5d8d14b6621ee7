"""Settings, addresses, the command line and the server entry point."""
