"""Everything published, to take away: tables in open formats, with codebook and licence."""
