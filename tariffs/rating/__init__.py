"""From a checked rulebook to prices. Opens no file, prints nothing, reads no clock."""
