"""Every change of a work order, by subject."""
