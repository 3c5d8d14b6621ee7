"""The forms of the indicators: what people typed, as values that services take."""
