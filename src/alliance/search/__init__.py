"""One index over what every room publishes; home page and finder."""
