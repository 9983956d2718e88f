"""What the reception types."""
