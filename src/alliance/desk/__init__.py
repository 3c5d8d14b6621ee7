"""The secretariat's desk: what waits, who takes part, the words of the network, the audit log."""
