"""Records in, records out: reads call records of many shapes, rates them in batches, writes what came of each."""
