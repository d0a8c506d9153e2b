"""`python -m tariffs`."""

from tariffs.cli import main

main()
