"""Downloads: tables of everything published, with codebook, licence and date, as CSV, JSON, XLSX."""
