"""Campaigns and pledges that change habits: randomisation, and the effect."""
