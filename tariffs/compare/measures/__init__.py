"""The measures of a comparison: one module a family, each a pure function of priced cells, exact and without words."""
