"""Keep an uploaded table, and carry its plan out: everything or nothing, and once."""

from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dealership.customers import operations
from dealership.customers.imports.planning import Line, Plan, plan
from dealership.customers.imports.reading import Table
from dealership.customers.models import ImportBatch
from dealership.staff.models import Store
from dealership.workflow import NotAllowed, require

KEPT = timedelta(days=7)  # an upload nobody confirmed: it holds personal data
PERMISSION = "customers.import_customers"


class ImportFailed(NotAllowed):
    """A row that looked right could not be saved; nothing was imported."""


class PreviewOutdated(NotAllowed):
    """The data changed since the preview was shown."""


@transaction.atomic
def keep(table: Table, *, store: Store, filename: str, source: str, by: Any, at: datetime) -> ImportBatch:
    """Keep a table until its preview is confirmed, and forget those nobody confirmed for a week."""
    require(by, PERMISSION)
    ImportBatch.objects.filter(state=ImportBatch.State.UPLOADED, uploaded_at__lt=at - KEPT).delete()
    return ImportBatch.objects.create(
        store=store,
        filename=filename[-200:],
        source=source.strip(),
        header=table.header,
        rows=table.rows,
        uploaded_by=by,
        uploaded_at=at,
    )


def plan_of(batch: ImportBatch) -> Plan:
    return plan(batch.header, batch.rows, store=batch.store, source=batch.source)


@transaction.atomic
def apply(batch: ImportBatch, *, seen: str, leave_out_wrong: bool, by: Any, at: datetime) -> Plan:
    """Import every row but the wrong ones; `seen` is the fingerprint of the preview the person confirmed.

    Raises PreviewOutdated, ImportFailed, or NotAllowed if it was imported before or wrong rows were not left out.
    """
    require(by, PERMISSION)
    claimed = ImportBatch.objects.filter(pk=batch.pk, state=ImportBatch.State.UPLOADED).update(
        state=ImportBatch.State.APPLIED, applied_at=at, applied_by=by
    )
    if not claimed:
        raise NotAllowed(_("This file was already imported."))
    planned = plan_of(batch)
    if planned.fingerprint != seen:
        raise PreviewOutdated(_("Customers or vehicles changed since this preview. Please look at it again."))
    if planned.wrong and not leave_out_wrong:
        raise NotAllowed(_("Some rows are wrong. Correct the file, or tick to leave them out."))
    for line in planned.lines:
        if not line.errors:
            carry_out(line, batch, by=by, at=at)
    # The right rows live in the files of the customers now; the wrong ones can still be downloaded.
    rows = [[line.number, line.cells] for line in planned.wrong]
    ImportBatch.objects.filter(pk=batch.pk).update(counts=planned.counts, rows=rows)
    batch.refresh_from_db()
    return planned


def carry_out(line: Line, batch: ImportBatch, *, by: Any, at: datetime) -> None:
    try:
        carry_out_customer(line, batch, by=by, at=at)
        if line.car is not None:
            carry_out_vehicle(line, batch, by=by, at=at)
        if line.order is not None:
            carry_out_order(line, batch, by=by, at=at)
    except ValidationError as error:
        words = {"line": line.number, "why": " ".join(error.messages)}
        raise ImportFailed(_("Line %(line)d: %(why)s Nothing was imported.") % words) from error


def carry_out_customer(line: Line, batch: ImportBatch, *, by: Any, at: datetime) -> None:
    person = line.person
    assert person is not None
    if person.record is None:
        person.record = operations.register(name=person.name, by=by, at=at, **line.customer_changes)
    elif line.customer_changes:
        operations.correct(person.record, by=by, at=at, **line.customer_changes)
    for number in line.phones:
        operations.add_phone(person.record, number, by=by, at=at, region=batch.store.region)


def carry_out_vehicle(line: Line, batch: ImportBatch, *, by: Any, at: datetime) -> None:
    car, person = line.car, line.person
    assert car is not None
    assert person is not None
    changes = dict(line.vehicle_changes)
    if "vin" in changes:  # dropped again by the operation where the VIN needs no excuse
        changes["vin_override_reason"] = _("as in the file of %(source)s") % {"source": batch.source}
    if car.record is None:
        today = timezone.localdate(at)  # a car may be sold today for a day to come
        since = min(changes.get("sale_on") or today, today)
        car.record = operations.add_vehicle(
            keeper=person.record, by=by, at=at, since=since, plate_confirmed=True, **changes
        )
    else:
        if changes:
            operations.correct_vehicle(car.record, by=by, at=at, plate_confirmed=True, **changes)
        if line.keeper_changes:
            change_keeper(line, by=by, at=at)
    if line.km is not None:
        note = _("imported from %(source)s") % {"source": batch.source}
        operations.record_mileage(car.record, line.km, "import", note, by=by, at=at)


def change_keeper(line: Line, *, by: Any, at: datetime) -> None:
    """Hand the car over on the day it was sold if that fits the keeper before, else today."""
    assert line.car is not None
    assert line.person is not None
    present = line.car.record.keeping
    day: date = timezone.localdate(at)
    sold = line.values.get("sale_on")
    if sold is not None and (present is None or sold > present.since):
        day = min(sold, day)
    if present is not None:
        day = max(day, present.since)
    operations.change_keeper(line.car.record, line.person.record, day, by=by, at=at)


def carry_out_order(line: Line, batch: ImportBatch, *, by: Any, at: datetime) -> None:
    assert line.order is not None
    assert line.car is not None
    assert line.person is not None
    if line.order.record is not None and not line.order_changes:
        return
    line.order.record = operations.record_past_order(
        line.car.record,
        line.order.record.customer if line.order.record else line.person.record,
        source=batch.source,
        number=line.values["order_number"],
        by=by,
        at=at,
        **line.order_changes,
    )
