"""Pages of the parts desk, split by subject."""
