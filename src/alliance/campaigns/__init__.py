"""Campaigns and pledges that change habits: lots, who got it, and by how much something changed."""
