"""Would it work here: what is known of a city held against the places that tried something."""
