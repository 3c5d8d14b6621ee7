"""Cities and organisations of the network."""
