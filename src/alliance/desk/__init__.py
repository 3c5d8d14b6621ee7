"""The secretariat's dashboard: tasks, people, vocabularies of the network, the audit log."""
