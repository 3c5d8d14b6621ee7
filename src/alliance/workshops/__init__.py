"""Workshops of the network: programme, sign-up with a waiting list, who meets whom, the door."""
