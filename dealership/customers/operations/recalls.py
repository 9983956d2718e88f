"""Taking in the maker's list of recalled cars, and noting which were put right."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dealership.customers import vins
from dealership.customers.models import Recall, RecalledVehicle, Vehicle
from dealership.customers.operations.vehicles import vin_sentence
from dealership.workflow import require

MOST_LINES = 5000
MOST_NAMED = 50  # wrong lines at once; whoever has more pasted something else
SEPARATORS = str.maketrans(dict.fromkeys("\t;,，；、", " "))  # Chinese ones are meant
HEADERS = {"VIN", "VIN码", "车架号", "车架号码", "车辆识别代号", "车辆识别代码", "底盘号"}


def read_vins(text: str) -> list[str]:
    """Return the VINs of a pasted list or CSV, the VIN first in each line, under a header or without one.

    Each once. Raises ValidationError with a sentence for each wrong line.
    """
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if len(lines) > MOST_LINES:
        raise ValidationError(_("These are more than %(n)d lines. Please split the list.") % {"n": MOST_LINES})
    found: dict[str, None] = {}
    wrong = []
    for place, (number, line) in enumerate(lines):
        first = first_cell(line)
        if place == 0 and first.upper() in HEADERS:
            continue
        vin = vins.normalise(first)
        problem = vins.problem(vin)
        if problem and problem.blocks:
            wrong.append(wrong_line(number, first, vin_sentence(vin, problem)))
        found[vin] = None
    if wrong:
        raise ValidationError(wrong[:MOST_NAMED])
    return list(found)


def first_cell(line: str) -> str:
    """Return what stands in the first column, without the quotes a spreadsheet may put around it."""
    cells = line.translate(SEPARATORS).split()
    return cells[0].strip("\"'\ufeff") if cells else ""


def wrong_line(number: int, cell: str, sentence: str) -> str:
    return _("Line %(n)d, “%(cell)s”: %(sentence)s") % {"n": number, "cell": cell[:40], "sentence": sentence}


@transaction.atomic
def list_recalled(recall: Recall, listed: Iterable[str], *, by: Any, at: datetime) -> int:
    """Add the VINs of a maker's list, as `read_vins` returns them; return how many are new.

    A VIN listed before stays as it is, done or not. Cars we know already are linked.
    """
    require(by, "customers.change_recall")
    wanted = list(listed)
    before = RecalledVehicle.objects.filter(recall=recall).count()
    cars = dict(Vehicle.objects.filter(vin__in=wanted).values_list("vin", "pk"))
    rows = [
        RecalledVehicle(recall=recall, vin=vin, vehicle_id=cars.get(vin), listed_by=by, listed_at=at) for vin in wanted
    ]
    # The database leaves out what is listed already, by a colleague of this moment too.
    RecalledVehicle.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    return RecalledVehicle.objects.filter(recall=recall).count() - before


def close_recall(
    recalled: RecalledVehicle, *, by: Any, at: datetime, reference: str, where: str = "", done_on: date | None = None
) -> bool:
    """Note that a recalled car was put right; return False, and change nothing, where that was noted before.

    `reference` is the order or how we know; without `where` it was done in the store of who notes it, without
    `done_on` today. Who may is the caller's to decide. Raises ValidationError for a day to come.
    """
    today = timezone.localdate(at)
    if done_on is not None and done_on > today:
        raise ValidationError({"done_on": [_("This day is still to come.")]})
    place = where.strip() or (by.store.name if by and by.store else "")
    done = {"done_on": done_on or today, "done_where": place[:80], "reference": reference.strip()[:80]}
    car = Vehicle.objects.filter(vin=recalled.vin).values("pk")[:1]
    still_open = RecalledVehicle.objects.filter(pk=recalled.pk, done_on=None)
    closed = still_open.update(done_by=by, done_at=at, vehicle=car, **done)
    recalled.refresh_from_db()
    return bool(closed)
