"""What the customer is asked, what is read from the car, and what is handed over."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from dealership.customers import operations as customers
from dealership.customers import vins
from dealership.customers.errors import Misfit
from dealership.staff.models import User
from dealership.workflow import NotAllowed
from reception import queries
from reception.models import Complaint, Valuables, VinSource, Visit
from reception.operations.intake import require_open
from reception.operations.walking import KeyTaken


class VinDiffers(Misfit):
    """The car shows another VIN than its file."""


class Unnamed(Misfit):
    """An answer that needs a word more."""


@transaction.atomic
def compare_vin(visit: Visit, *, source: str, by: User, at: datetime, vin: str = "", reason: str = "") -> None:
    """Compare the seventeen characters with the file, or write them into a file without any (3.2.1.4, 3.2.1.5).

    Raises VinInvalid where what was typed can be no VIN, VinDiffers where the car shows another one than its file,
    VinDoubtful or VinTaken where it cannot be written, Unnamed where neither car nor file gives one.
    """
    require_open(visit, by)
    vehicle, read = visit.vehicle, vins.normalise(vin)
    wrong = vins.problem(read) if read and read != vehicle.vin else None
    if wrong is not None and wrong.blocks:
        customers.check_vin(read, "")
    if not read and (not vehicle.vin or (vins.problem(vehicle.vin) and not vehicle.vin_override_reason)):
        raise Unnamed("vin", _("The file has no sound VIN. Please read all 17 characters from the car."))
    if read and vehicle.vin and read != vehicle.vin and vins.problem(vehicle.vin) is None:
        sentence = _(
            "The file says %(file)s, you typed %(car)s. Compare each character with the car. If the car is right, the"
            " file is wrong or this is another car: correct the file, or look for the car."
        )
        raise VinDiffers("vin", sentence % {"file": vehicle.vin, "car": read})
    if read and read != vehicle.vin:
        if source == VinSource.FILE:
            raise Unnamed("source", _("Say where on the car the VIN was read."))
        customers.correct_vehicle(vehicle, vin=read, vin_override_reason=reason, by=by, at=at)
    Visit.objects.filter(pk=visit.pk).update(vin_checked_at=at, vin_source=source)
    visit.refresh_from_db()


@transaction.atomic
def complete_car(visit: Visit, *, model_name: str, by: User, at: datetime, make: str = "") -> None:
    """Enter the model the short form left out (4.2.2); a make that is known already stays where none is given.

    Raises NotAllowed where a colleague was faster, with what he entered.
    """
    require_open(visit, by)
    car: dict[str, Any] = {"model_name": model_name} | ({"make": make} if make.strip() else {})
    seen = {"model_name": "", "make": visit.vehicle.make}
    try:
        customers.correct_vehicle(visit.vehicle, seen=seen, **car, by=by, at=at)
    except customers.ChangedMeanwhile:
        raise NotAllowed(_("The file says %(known)s by now.") % {"known": visit.vehicle}) from None


@transaction.atomic
def address_customer(visit: Visit, *, title: str, by: User, at: datetime) -> None:
    """Enter the form of address the short form left out (4.2.2).

    Raises NotAllowed where a colleague was faster, with what he entered.
    """
    require_open(visit, by)
    try:
        customers.correct(visit.customer, seen={"title": ""}, title=title, by=by, at=at)
    except customers.ChangedMeanwhile:
        raise NotAllowed(_("The file says %(known)s by now.") % {"known": visit.customer.salutation}) from None


@transaction.atomic
def note_complaint(
    visit: Visit, *, words: str, by: User, conditions: str = "", frequency: str = "", request_key: UUID | None = None
) -> Complaint:
    """Write down what the customer says, word for word; there is no way to edit it (2.2.3.2).

    The same press sent twice is one line; raises KeyTaken where the key came with other words before.
    """
    require_open(visit, by)
    if not words.strip():
        raise NotAllowed(_("Write down what the customer says."))
    known = Complaint.objects.filter(request_key=request_key).first() if request_key else None
    if known is not None:
        if known.visit_id != visit.pk or known.words != words.strip():
            raise KeyTaken(_("This was sent before with something else. Please reload the page and enter it again."))
        return known
    last = visit.complaints.aggregate(last=Max("position"))["last"] or 0
    Visit.objects.filter(pk=visit.pk).update(read_back_at=None)  # what is new was not read back
    visit.read_back_at = None
    return Complaint.objects.create(
        visit=visit,
        position=last + 1,
        words=words.strip(),
        conditions=conditions.strip(),
        frequency=frequency,
        request_key=request_key,
    )


@transaction.atomic
def record_condition(visit: Visit, *, by: User, at: datetime, mileage_note: str = "", **facts: Any) -> None:
    """Keep mileage, fuel and plain answers; raises MileageImplausible below the last reading (3.2.1.7)."""
    require_open(visit, by)
    if facts.get("bay") is not None and facts["bay"].store_id != visit.store_id:
        raise NotAllowed(_("This bay belongs to another store."))
    mileage = facts.get("mileage")
    if mileage is not None and mileage != visit.mileage:
        customers.record_mileage(visit.vehicle, km=mileage, source="reception", note=mileage_note, by=by, at=at)
    Visit.objects.filter(pk=visit.pk).update(**facts)
    visit.refresh_from_db()


@transaction.atomic
def answer_valuables(
    visit: Visit, *, valuables: str, by: User, valuables_list: str = "", valuables_returned: bool = False
) -> None:
    """Ask for valuables: none, or named and handed to the customer on the spot (2.2.11.5, 2.2.11.6)."""
    require_open(visit, by)
    named = valuables_list.strip()
    if valuables == Valuables.FOUND and not named:
        raise Unnamed("valuables_list", _("Write down what was found."))
    found = valuables == Valuables.FOUND
    Visit.objects.filter(pk=visit.pk).update(
        valuables=valuables, valuables_list=named if found else "", valuables_returned=found and valuables_returned
    )
    visit.refresh_from_db()


@transaction.atomic
def walk_with(
    visit: Visit, *, accompanied: bool, by: User, brought_by: str = "", unaccompanied_reason: str = ""
) -> None:
    """Say who came along on the walk-round; where nobody did, why (2.2.11.9)."""
    require_open(visit, by)
    why = unaccompanied_reason.strip()
    if not accompanied and not why:
        raise Unnamed("unaccompanied_reason", _("Write down why nobody came along."))
    Visit.objects.filter(pk=visit.pk).update(
        accompanied=accompanied, brought_by=brought_by.strip(), unaccompanied_reason="" if accompanied else why
    )
    visit.refresh_from_db()


@transaction.atomic
def read_back(visit: Visit, *, by: User, at: datetime) -> None:
    """The requests were read back to the customer, so that nothing was misheard (2.2.11.3)."""
    require_open(visit, by)
    if not visit.complaints.exists():
        raise NotAllowed(_("Write down what the customer says."))
    Visit.objects.filter(pk=visit.pk, read_back_at=None).update(read_back_at=at)
    visit.refresh_from_db()


@transaction.atomic
def take_over_wishes(visit: Visit, *, by: User) -> None:
    """The customer confirms with one press what he said when booking or in the short form (2.2.11.12, 4.2.2)."""
    require_open(visit, by)
    said = queries.wishes_of(visit)
    if said is None:
        raise NotAllowed(_("Nothing was noted of this customer's wishes before."))
    if not visit.complaints.filter(words=said.words).exists():
        note_complaint(visit, words=said.words, by=by)
    facts: dict[str, Any] = {} if visit.purpose or not said.purpose else {"purpose": said.purpose}
    if visit.appointment is not None:
        facts["waits_here"] = visit.appointment.waits
    Visit.objects.filter(pk=visit.pk).update(**facts)
    visit.refresh_from_db()
