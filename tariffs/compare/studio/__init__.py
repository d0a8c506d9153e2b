"""The local page: a desk at which scenarios are chosen, prices and dates changed, and the report redrawn at once."""
