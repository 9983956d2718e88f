"""What the desk and the workshop type on an order, by subject."""
