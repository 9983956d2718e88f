"""What a manager types to change the figures of the booking desk."""

from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from appointments import operations, queries
from appointments.models import BookingRules
from dealership import money

MOST_YUAN = 10_000_000


class SkillHoursField(forms.CharField):
    """Hours per day by skill, one a line such as `机修 24`; gives {"机修": "24"}."""

    widget = forms.Textarea(attrs={"rows": 4, "cols": 30})
    default_error_messages = {
        "invalid": _("Please write one skill and its hours on each line, such as 机修 24."),
        "twice": _("“%(skill)s” is listed twice."),
    }

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(f"{skill} {hours}" for skill, hours in value.items()) if isinstance(value, dict) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)

    def clean(self, value: Any) -> Any:
        found: dict[str, str] = {}
        for line in filter(str.strip, super().clean(value).splitlines()):
            skill, _space, hours = line.strip().rpartition(" ")
            skill = skill.strip()
            if not skill or " " in skill or not sensible(hours):
                raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
            if skill in found:
                raise forms.ValidationError(self.error_messages["twice"], code="twice", params={"skill": skill})
            found[skill] = hours
        return found


def sensible(hours: str) -> bool:
    try:
        return hours.isascii() and 0 < Decimal(hours) < 10_000
    except InvalidOperation:
        return False


class VersionForm(forms.ModelForm):
    """A version of a store's figures: why, and from which day on; a day that cannot be is refused beside the field."""

    now: datetime  # the admin says when the page was asked for

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "reason" in self.fields:  # a version that is only read has no fields
            self.fields["reason"].required = True

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        store = given.get("store")
        if store is not None:
            operations.hold_rules(store)  # until this request's transaction ends, so that the day stays free
            self.check_day(store)
        return given

    def check_day(self, store: Any) -> None:
        """Refuse a day that is over and one that has rules already; a store's first rules hold for all days before."""
        day = self.cleaned_data.get("valid_from")
        if day is None:
            return
        versions = type(self.instance).objects.filter(store=store).exclude(pk=self.instance.pk)
        others = list(versions.values_list("valid_from", flat=True))
        if others and day < queries.day_of(store, self.now):
            self.add_error("valid_from", _("New rules begin today at the earliest."))
        elif day in others:
            self.add_error("valid_from", _("There are rules from this day already."))

    def check_order(self, smaller: str, larger: str, sentence: Any) -> None:
        if not self.ordered(smaller, larger):
            self.add_error(smaller, sentence)

    def ordered(self, smaller: str, larger: str, *, equal: bool = False) -> bool:
        """Say whether the first figure is below the second; a figure that was refused already says nothing."""
        less, more = self.cleaned_data.get(smaller), self.cleaned_data.get(larger)
        return less is None or more is None or less < more or (equal and less == more)


class RulesForm(VersionForm):
    """A version of the booking desk's rules; figures that do not fit together are refused beside the field."""

    skill_hours = SkillHoursField(
        label=_("of these, hours by skill"), required=False, help_text=_("one skill on each line, such as 机修 24")
    )
    high_value = forms.DecimalField(
        label=_("a part is of high value from (yuan)"), min_value=0, max_value=MOST_YUAN, max_digits=12,
        decimal_places=2,
    )  # fmt: skip

    class Meta:
        model = BookingRules
        exclude = ["high_value_fen", "by", "at"]  # noqa: DJ006 - every figure but the one typed in yuan

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("high_value", money.yuan(self.instance.high_value_fen))

    def clean_high_value(self) -> Decimal:
        amount = self.cleaned_data["high_value"]
        self.instance.high_value_fen = money.fen(amount)
        return amount

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        self.check_order("near_until_minutes", "near_minutes", _("The latest call must come after the usual one."))
        if not self.ordered("near_minutes", "near_from_minutes", equal=True):
            self.add_error("near_from_minutes", _("The earliest call must not come after the usual one."))
        self.check_order("grace_minutes", "no_show_minutes", _("Somebody is late before he is missing."))
        return given
