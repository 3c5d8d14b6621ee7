"""Workshops of the network: programme, registration with a waiting list, suggested meetings,
check-in."""
