"""The forms of data entry: what people typed, as values that services take."""
