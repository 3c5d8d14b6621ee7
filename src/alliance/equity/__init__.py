"""Areas of a city, who lives there, what they carry, and who gains and who pays."""
