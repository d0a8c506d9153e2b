"""The properties by brute force: every call of a tiny rulebook, on every day that can matter, from every start.

Written from what the properties say, and not from how `tariffs.checks` finds them.
"""
