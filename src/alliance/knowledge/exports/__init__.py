"""Downloads of everything published, with codebook, licence and date: CSV, JSON, XLSX, ZIP."""
