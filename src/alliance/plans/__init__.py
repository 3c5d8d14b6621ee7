"""Plans: residents comment on a text paragraph by paragraph; changes are shown next to the old
text."""
