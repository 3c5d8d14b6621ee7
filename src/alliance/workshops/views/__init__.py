"""The pages of workshops: for everybody, for those who take part, for those who run them."""
