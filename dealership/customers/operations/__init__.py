"""Every change of customers and vehicles, split by subject; call them as `operations.register(...)`."""

from dealership.customers.errors import (
    CannotMerge,
    KeepingTooEarly,
    MileageImplausible,
    Misfit,
    PhoneInvalid,
    PlateDoubtful,
    PlateTaken,
    VinDoubtful,
    VinInvalid,
    VinTaken,
)
from dealership.customers.operations.merging import merge
from dealership.customers.operations.people import (
    add_contact,
    add_phone,
    correct,
    drop_contact,
    drop_phone,
    prefer_phone,
    record_consent,
    register,
)
from dealership.customers.operations.vehicles import (
    add_vehicle,
    change_keeper,
    correct_vehicle,
    record_mileage,
    record_past_order,
    register_with_car,
)

__all__ = [
    "CannotMerge",
    "KeepingTooEarly",
    "MileageImplausible",
    "Misfit",
    "PhoneInvalid",
    "PlateDoubtful",
    "PlateTaken",
    "VinDoubtful",
    "VinInvalid",
    "VinTaken",
    "add_contact",
    "add_phone",
    "add_vehicle",
    "change_keeper",
    "correct",
    "correct_vehicle",
    "drop_contact",
    "drop_phone",
    "merge",
    "prefer_phone",
    "record_consent",
    "record_mileage",
    "record_past_order",
    "register",
    "register_with_car",
]
