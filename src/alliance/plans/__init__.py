"""Plans: residents comment a text paragraph by paragraph; changes stand beside the old."""
