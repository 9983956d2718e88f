"""The lane and the intake screen."""
