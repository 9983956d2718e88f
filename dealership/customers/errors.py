"""The refusals of this app; each names the failed act and knows the field a form puts it beside."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError

from dealership.workflow import NotAllowed


class Misfit(ValidationError):
    """A value that cannot be taken as it is; `field` is where the form shows the sentence."""

    def __init__(self, field: str, sentence: Any) -> None:
        super().__init__({field: [sentence]})
        self.field = field

    def __str__(self) -> str:
        return " ".join(self.messages)


class PhoneInvalid(Misfit):
    """No phone of the store's country has this number."""


class PlateDoubtful(Misfit):
    """The plate has no form used in China; the person may confirm it."""


class PlateTaken(Misfit):
    """Another vehicle carries this plate."""


class VinInvalid(Misfit):
    """The VIN cannot be right (clause 3.2.1.4)."""


class VinDoubtful(Misfit):
    """The check digit of a foreign VIN is wrong; it may be kept with a typed reason."""


class VinTaken(Misfit):
    """Another vehicle has this VIN."""


class MileageImplausible(Misfit):
    """The odometer ran backwards or jumped; it may be kept with a note."""


class KeepingTooEarly(Misfit):
    """The new keeper would begin before the present one did."""


class KeepingAhead(Misfit):
    """The new keeper would begin on a day to come."""


class DueNever(Misfit):
    """A line of a maintenance plan without a day and without a mileage never comes up."""


class AlreadyPlanned(Misfit):
    """The car's plan has an open line for this already."""


class ChangedMeanwhile(ValidationError):
    """Somebody else changed the same fields first; `stored` is what they hold now."""

    def __init__(self, sentences: Mapping[str, str], stored: Mapping[str, Any]) -> None:
        super().__init__({field: [sentence] for field, sentence in sentences.items()})
        self.stored = stored


class CannotMerge(NotAllowed):
    """These two customers cannot become one."""
