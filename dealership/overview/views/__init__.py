"""Pages across the visit, split by subject."""
