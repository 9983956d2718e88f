"""Refusals that name the failed act."""

from dealership.workflow import NotAllowed


class AlreadyHere(NotAllowed):
    """The car has an open visit already."""


class ReasonMissing(NotAllowed):
    """It can be done, but somebody has to write down why."""
