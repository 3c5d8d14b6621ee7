"""Downloads of all published data: tables in open formats, with codebook and licence."""
