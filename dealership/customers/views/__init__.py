"""The pages about customers and vehicles, split by subject."""
