"""The reception form (接车登记表, F6) as the customer signs it."""

from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from dealership.customers.models import Customer
from reception.models import Visit


def intake(visit: Visit) -> dict[str, Any]:
    """Return the form's content, frozen in the language it is signed in."""
    arrived = timezone.localtime(visit.arrived_at, visit.store.zone)
    advisor = visit.advisor
    return {
        "title": _("Reception form"),
        "fields": [
            [_("Plate"), visit.vehicle.plate_shown],
            [_("VIN"), visit.vehicle.vin],
            [_("Model"), f"{visit.vehicle.make} {visit.vehicle.model_name}".strip()],
            [_("Customer"), visit.customer.name],
            [_("Phone"), phone(visit.customer)],
            [_("Arrived"), formats.date_format(arrived, "SHORT_DATETIME_FORMAT")],
            [_("Mileage"), f"{visit.mileage} km"],
            [_("Fuel"), str(visit.get_fuel_display())],
            [_("Advisor"), f"{advisor.full_name} {advisor.phone}".strip() if advisor else ""],
            [_("Vehicle licence"), _("received") if visit.licence_received else _("not received")],
            [_("Maintenance booklet"), _("received") if visit.booklet_received else _("not received")],
            [_("Things that stay in the car"), visit.belongings or _("none")],
        ],
        "tables": [
            {
                "title": _("In the customer's own words"),
                "columns": ["#", _("Complaint")],
                "rows": [[str(c.position), c.words] for c in visit.complaints.all()],
            },
            {
                "title": _("Condition on arrival"),
                "columns": [_("Place"), _("Damage")],
                "rows": [[str(m.get_zone_display()), str(m.get_kind_display())] for m in visit.damage_marks.all()]
                or [[_("whole car"), _("no damage found")]],
            },
        ],
        "notes": [
            _("Protective covers were fitted in front of the customer."),
            _("The customer came along on the walk-round. No valuables were left in the car."),
        ],
    }


def phone(customer: Customer) -> str:
    """Return the number to call as people write it, nothing where there is none."""
    return customer.phone.shown if customer.phone else ""
