"""Small areas of a city, their residents and exposures, and who gains and who pays."""
