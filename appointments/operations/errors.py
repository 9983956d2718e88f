"""The refusals of the booking desk that carry more than a sentence."""

from dealership.workflow import NotAllowed


class SlotTaken(NotAllowed):
    """The time cannot be had; the sentence names the next one that can."""


class ModelMissing(NotAllowed):
    """The management card needs the car's model, and nobody has entered it (2.1.13)."""
