"""A comparison on paper: one report, as a page, a document, a workbook and plain tables."""
