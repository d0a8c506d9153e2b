"""From a checked rulebook to prices: tables, the one kernel, and what comes out. Opens no file, prints nothing, reads no clock."""
