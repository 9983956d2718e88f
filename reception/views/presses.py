"""The presses of the intake screen: the form each sends, the operation it is, the part of the screen it answers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reception import operations
from reception.forms import intake as forms
from reception.models import Visit


@dataclass(frozen=True)
class Press:
    """One kind of press; `act` is called with the visit, the form's clean values, `by` and `at`."""

    part: str
    form: type[forms.StepForm]
    act: Callable[..., Any]


def point(
    visit: Visit, *, kind: str, result: str, x: int | None, y: int | None, request_key: Any = None, **rest: Any
) -> None:
    if kind:
        operations.mark_damage(visit, kind=kind, x=x, y=y, request_key=request_key, **rest)
    else:
        operations.check_point(visit, result=result, **rest)


def timeless(operation: Callable[..., Any]) -> Callable[..., Any]:
    """Let an operation that keeps no moment be called like the others."""

    def act(visit: Visit, *, at: datetime, **facts: Any) -> Any:
        return operation(visit, **facts)

    return act


PRESSES: dict[str, Press] = {
    "covers": Press("covers", forms.PressForm, operations.fit_covers),
    "vin": Press("car", forms.VinForm, operations.compare_vin),
    "mileage": Press("car", forms.MileageForm, operations.record_condition),
    "model": Press("car", forms.ModelForm, operations.complete_car),
    "title": Press("car", forms.TitleForm, operations.address_customer),
    "fuel": Press("car", forms.FuelForm, operations.record_condition),
    "along": Press("walk", forms.WalkForm, timeless(operations.walk_with)),
    "bay": Press("walk", forms.BayForm, operations.record_condition),
    "point": Press("walk", forms.PointForm, point),
    "rest": Press("walk", forms.PressForm, operations.finish_walk_round),
    "lifted": Press("walk", forms.PressForm, operations.see_from_below),
    "told-below": Press("walk", forms.PressForm, operations.tell_underbody),
    "photo": Press("walk", forms.PhotoForm, operations.add_photo),
    "booked": Press("words", forms.PressForm, timeless(operations.take_over_wishes)),
    "purpose": Press("words", forms.PurposeForm, operations.record_condition),
    "complaint": Press("words", forms.ComplaintForm, timeless(operations.note_complaint)),
    "read-back": Press("words", forms.PressForm, operations.read_back),
    "valuables": Press("things", forms.ValuablesForm, timeless(operations.answer_valuables)),
    "papers": Press("things", forms.PapersForm, operations.record_condition),
    "belongings": Press("things", forms.BelongingsForm, operations.record_condition),
    "waits": Press("things", forms.WaitsForm, operations.record_condition),
}
