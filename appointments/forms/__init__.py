"""What the booking desk types, split by subject."""
