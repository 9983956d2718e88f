"""What pages ask about customers and vehicles, split by subject; call them as `queries.search(...)`."""

from dealership.customers.queries.care import CareLine, care_card
from dealership.customers.queries.due import Kind, Reason, due_for_service, reasons_of
from dealership.customers.queries.people import (
    ConsentAnswer,
    CustomerFile,
    Found,
    allowed_by_default,
    as_new,
    consent_answers,
    customer_file,
    customers,
    may_contact,
    search,
    surviving,
    with_phone,
)
from dealership.customers.queries.recalls import open_recalls
from dealership.customers.queries.vehicles import (
    VehicleFile,
    Warranty,
    maintenance_plan,
    open_recommendations,
    vehicle_file,
    warranty_standing,
)

__all__ = [
    "CareLine",
    "ConsentAnswer",
    "CustomerFile",
    "Found",
    "Kind",
    "Reason",
    "VehicleFile",
    "Warranty",
    "allowed_by_default",
    "as_new",
    "care_card",
    "consent_answers",
    "customer_file",
    "customers",
    "due_for_service",
    "maintenance_plan",
    "may_contact",
    "open_recalls",
    "open_recommendations",
    "reasons_of",
    "search",
    "surviving",
    "vehicle_file",
    "warranty_standing",
    "with_phone",
]
