"""The work order and its lines, the checks, the settlement and the gate pass."""

from workorders.models.cases import (
    ManufacturerCase,
    ManufacturerCaseMove,
)
from workorders.models.checks import (
    QualityCheck,
)
from workorders.models.lines import (
    Decision,
    Fault,
    LabourLine,
    PartLine,
    Payer,
    Warranty,
)
from workorders.models.money import (
    GatePass,
    Payment,
    Settlement,
)
from workorders.models.offers import (
    Offer,
    OfferAnswer,
)
from workorders.models.orders import (
    OldParts,
    PaymentMethod,
    WorkOrder,
    WorkOrderMove,
)
from workorders.models.signing import (
    Authorisation,
    HeadChange,
    Way,
)

__all__ = [
    "Authorisation",
    "Decision",
    "Fault",
    "GatePass",
    "HeadChange",
    "LabourLine",
    "ManufacturerCase",
    "ManufacturerCaseMove",
    "Offer",
    "OfferAnswer",
    "OldParts",
    "PartLine",
    "Payer",
    "Payment",
    "PaymentMethod",
    "QualityCheck",
    "Settlement",
    "Warranty",
    "Way",
    "WorkOrder",
    "WorkOrderMove",
]
