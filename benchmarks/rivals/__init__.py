"""One tariff written by hand for other tools, against the engine: `python -m benchmarks rivals`."""
