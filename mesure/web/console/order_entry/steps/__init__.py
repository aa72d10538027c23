"""The steps of entering an order, one page each, and the checks at the end."""
