"""Topic groups of the network; minutes of meetings, with decisions, action items and lessons."""
