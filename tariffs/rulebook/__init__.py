"""Rule files: from text with positions to a checked, frozen Rulebook."""
