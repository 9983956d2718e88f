"""The pages of the work order, by subject."""
