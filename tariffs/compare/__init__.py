"""Scenarios side by side: calls become cells, cells get prices, and every measure is a sum over cells."""
