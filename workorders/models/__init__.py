"""The work order and its lines, the workshop's day with it, the checks, the settlement and the gate pass."""

from workorders.models.additional import (
    CLEAR,
    AdditionalItem,
    AdditionalItemMove,
    AskedItem,
    Asking,
    Channel,
    ContactResult,
    CustomerContact,
    DelayReport,
    ItemPhoto,
)
from workorders.models.alerts import (
    About,
    Alert,
    Desk,
)
from workorders.models.cases import (
    ManufacturerCase,
    ManufacturerCaseMove,
)
from workorders.models.checks import (
    QualityCheck,
)
from workorders.models.dispatch import (
    Assignment,
)
from workorders.models.gate import (
    GatePass,
)
from workorders.models.handovers import (
    Difference,
    Handover,
    Leg,
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
    Priority,
    WorkOrder,
    WorkOrderMove,
)
from workorders.models.parts import (
    IssueSlip,
    IssueSlipLine,
    PartReturn,
)
from workorders.models.progress import (
    ProgressQuestion,
    Withdrawn,
)
from workorders.models.rules import (
    ManagerMode,
    ManagerPart,
    WorkshopRules,
)
from workorders.models.signing import (
    Authorisation,
    HeadChange,
    Way,
)
from workorders.models.stays import (
    LongStay,
    Stay,
)
from workorders.models.work import (
    BelongingsRequest,
    Clock,
    RulesRead,
    Stop,
    TestDrive,
)

__all__ = [
    "CLEAR",
    "About",
    "AdditionalItem",
    "AdditionalItemMove",
    "Alert",
    "AskedItem",
    "Asking",
    "Assignment",
    "Authorisation",
    "BelongingsRequest",
    "Channel",
    "Clock",
    "ContactResult",
    "CustomerContact",
    "Decision",
    "DelayReport",
    "Desk",
    "Difference",
    "Fault",
    "GatePass",
    "Handover",
    "HeadChange",
    "IssueSlip",
    "IssueSlipLine",
    "ItemPhoto",
    "LabourLine",
    "Leg",
    "LongStay",
    "ManagerMode",
    "ManagerPart",
    "ManufacturerCase",
    "ManufacturerCaseMove",
    "Offer",
    "OfferAnswer",
    "OldParts",
    "PartLine",
    "PartReturn",
    "Payer",
    "Payment",
    "PaymentMethod",
    "Priority",
    "ProgressQuestion",
    "QualityCheck",
    "RulesRead",
    "Settlement",
    "Stay",
    "Stop",
    "TestDrive",
    "Warranty",
    "Way",
    "Withdrawn",
    "WorkOrder",
    "WorkOrderMove",
    "WorkshopRules",
]
