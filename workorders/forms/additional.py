"""From what the workshop found to the customer's answer, and to another promise."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dealership.catalogue.models import LabourOperation, Part
from dealership.staff.models import User
from reception.forms.intake import PictureField
from workorders import head, queries
from workorders.forms.diagnosis import PART_ROWS, several_lines
from workorders.forms.writeup import CodeField, suggesting
from workorders.models import CLEAR, AdditionalItem, Channel, ContactResult, LabourLine, PartLine, WorkOrder

PHOTO_ROWS = range(1, 4)
CAMERA = {"accept": "image/jpeg,image/png,image/webp", "capture": "environment"}


def clock(attrs: dict[str, Any] | None = None) -> forms.DateTimeInput:
    return forms.DateTimeInput(attrs={"type": "datetime-local"} | (attrs or {}), format="%Y-%m-%dT%H:%M")


class ReportForm(forms.Form):
    """What was found, one to three photos, and at which work."""

    words = forms.CharField(
        label=_("What was found"), max_length=300, widget=several_lines(2),
        error_messages={"required": _("Write down what was found.")},
    )  # fmt: skip
    line = forms.ModelChoiceField(LabourLine.objects.none(), label=_("Found at"), required=False)

    def __init__(self, *args: Any, order: WorkOrder, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["line"].queryset = LabourLine.objects.wanted().filter(order=order)  # type: ignore[attr-defined]
        for row in PHOTO_ROWS:
            field = PictureField(label=_("Photo"), required=row == 1, widget=forms.FileInput(attrs=CAMERA))
            field.error_messages["required"] = _("Take a photo of what was found: the customer wants to see it.")
            self.fields[f"photo{row}"] = field
        self.order_fields(["words", *(f"photo{row}" for row in PHOTO_ROWS), "line"])

    @property
    def photos(self) -> list[bytes]:
        taken = [self.cleaned_data.get(f"photo{row}") for row in PHOTO_ROWS]
        return [picture for picture in taken if picture]


class PriceForm(forms.Form):
    """Work, hours, parts, and how much later the car will be (3.3.1.3, 2.4.4.4); `version` is the price one saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    operation = CodeField(LabourOperation.objects.filter(active=True), "code", label=_("Work (code or name)"))
    hours = forms.DecimalField(
        label=_("Hours"), max_digits=5, decimal_places=2, min_value=0.01, required=False, help_text=_("empty: standard")
    )
    delay_minutes = forms.IntegerField(
        label=_("Takes longer by (minutes)"), min_value=0, max_value=100_000,
        error_messages={"required": _("Say by how many minutes the car will be later.")},
    )  # fmt: skip

    def __init__(self, *args: Any, item: AdditionalItem, parts: Iterable[PartLine] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = item.version
        self.fields["operation"].widget.attrs |= suggesting("operations")
        if item.line is not None:
            operation = item.line.operation
            self.fields["operation"].initial = f"{operation.code} · {operation.name}"
            self.fields["hours"].initial = item.line.hours
            self.fields["delay_minutes"].initial = item.delay_minutes
        priced = dict(zip(PART_ROWS, parts, strict=False))
        for row in PART_ROWS:
            known = priced.get(row)
            part = CodeField(Part.objects.all(), "number", label=_("Part (number or name)"), required=False)
            part.widget.attrs |= suggesting("parts")
            part.initial = f"{known.part.number} · {known.part.name}" if known else None
            self.fields[f"part{row}"] = part
            self.fields[f"quantity{row}"] = forms.IntegerField(
                label=_("Quantity"), min_value=1, max_value=999, initial=known.quantity if known else 1, required=False
            )

    @property
    def parts(self) -> list[tuple[Part, int]]:
        rows = [(self.cleaned_data.get(f"part{row}"), self.cleaned_data.get(f"quantity{row}")) for row in PART_ROWS]
        return [(part, quantity or 1) for part, quantity in rows if part]


SPOKEN = [(one.value, one.label) for one in (Channel.PHONE, Channel.IN_PERSON)]


class SpokenForm(forms.Form):
    """Whom one spoke to, how, and what came of it; the result is the button."""

    result = forms.ChoiceField(
        choices=[(one.value, one.label) for one in ContactResult if one != ContactResult.SENT],
        error_messages={"required": _("Say what came of it.")},
    )
    channel = forms.ChoiceField(label=_("How"), choices=SPOKEN, initial=Channel.PHONE, widget=forms.RadioSelect)
    spoke_to = forms.CharField(label=_("Spoke to"), max_length=60, required=False)
    number = forms.CharField(label=_("Number"), max_length=20, required=False)
    words = forms.CharField(label=_("In his words; why not"), max_length=300, required=False)

    @property
    def answered(self) -> bool:
        return self.cleaned_data.get("result") in CLEAR

    def clean(self) -> None:
        if self.answered and not self.cleaned_data.get("spoke_to"):
            self.add_error("spoke_to", ValidationError(_("Write down who answered.")))


class ContactForm(SpokenForm):
    """One call about one item (2.4.4.3-2.4.4.5)."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    delay_told = forms.BooleanField(label=_("Price, delay and new finish are told"), required=False)
    repeat_at = forms.DateTimeField(label=_("Ask again at"), required=False, widget=clock())
    field_order = ("delay_told", "spoke_to", "channel", "number", "words", "repeat_at")

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now

    def clean_repeat_at(self) -> datetime | None:
        again: datetime | None = self.cleaned_data["repeat_at"]
        if again is not None and again <= self.now:
            raise ValidationError(_("Choose a time that is still to come."))
        return again

    def clean(self) -> None:
        super().clean()
        if self.answered and not self.cleaned_data.get("delay_told"):
            sentence = _("Tell the customer by how much the car will be later, and when it will be ready.")
            self.add_error("delay_told", ValidationError(sentence))


class PromiseForm(SpokenForm):
    """Another promise, and the contact without which it does not move (2.4.4.2)."""

    promised_at = forms.DateTimeField(label=_("New promise"), widget=clock())
    field_order = ("promised_at", "spoke_to", "channel", "number", "words")

    def __init__(self, *args: Any, order: WorkOrder, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order, self.now = order, now

    def clean_promised_at(self) -> datetime:
        promised: datetime = self.cleaned_data["promised_at"]
        if sentence := head.undeliverable(self.order.store, promised, self.now):
            raise ValidationError(sentence)
        return promised


class DelayForm(forms.Form):
    """The work goes otherwise than planned (2.4.4.1)."""

    reason = forms.CharField(label=_("Reason"), max_length=300, widget=several_lines(2))
    estimate_at = forms.DateTimeField(label=_("New estimate"), widget=clock())

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now

    def clean_estimate_at(self) -> datetime:
        estimate = self.cleaned_data["estimate_at"]
        if sentence := head.unsound(estimate, self.now):
            raise ValidationError(sentence)
        return estimate


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=_("Why it is withdrawn"), max_length=300,
        error_messages={"required": _("Write down why it is withdrawn.")},
    )  # fmt: skip


class ToldForm(forms.Form):
    """The oral notice of a refusal (2.4.4.6)."""

    receiver = forms.ModelChoiceField(
        User.objects.none(), label=_("Received in the workshop by"),
        error_messages={"required": _("Write down who in the workshop was told.")},
    )  # fmt: skip
    told_at = forms.DateTimeField(label=_("Told at"), widget=clock())

    def __init__(self, *args: Any, order: WorkOrder, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["receiver"].queryset = queries.additional.receivers(order.store)  # type: ignore[attr-defined]
        self.fields["told_at"].initial = timezone.localtime(now, order.store.zone)


class JoinForm(forms.Form):
    """The manager's part in a large order (6.2.3)."""

    words = forms.CharField(
        label=_("What was agreed"), max_length=300, widget=several_lines(2),
        error_messages={"required": _("Write down what was agreed.")},
    )  # fmt: skip
    approved = forms.TypedChoiceField(
        label=_("Approved"), choices=[("yes", _("yes")), ("no", _("no"))], initial="yes", widget=forms.RadioSelect,
        coerce=lambda value: value == "yes", empty_value=None,
    )  # fmt: skip
