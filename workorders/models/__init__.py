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
    KINDS_OF,
    CheckedPoint,
    CheckPoint,
    KindOfJob,
    Mark,
    QualityCheck,
    ReworkItem,
)
from workorders.models.delivery import (
    CustomerQuestion,
    DeliveryWalk,
    ExplainedLine,
    NextVisit,
    ThingsReturned,
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
    Balance,
    Discount,
    PriceApproval,
    Settlement,
    SettlementLine,
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
from workorders.models.ready import (
    Exterior,
    FinalCheck,
    Incident,
    MissingOldPart,
    NoticeChannel,
    NoticeResult,
    ReadyNotice,
    Verdict,
    Wash,
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
from workorders.models.till import (
    CashShift,
    ClaimReceipt,
    DayClose,
    DayCloseLine,
    Invoice,
    Means,
    Payment,
    Refund,
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
    "KINDS_OF",
    "About",
    "AdditionalItem",
    "AdditionalItemMove",
    "Alert",
    "AskedItem",
    "Asking",
    "Assignment",
    "Authorisation",
    "Balance",
    "BelongingsRequest",
    "CashShift",
    "Channel",
    "CheckPoint",
    "CheckedPoint",
    "ClaimReceipt",
    "Clock",
    "ContactResult",
    "CustomerContact",
    "CustomerQuestion",
    "DayClose",
    "DayCloseLine",
    "Decision",
    "DelayReport",
    "DeliveryWalk",
    "Desk",
    "Difference",
    "Discount",
    "ExplainedLine",
    "Exterior",
    "Fault",
    "FinalCheck",
    "GatePass",
    "Handover",
    "HeadChange",
    "Incident",
    "Invoice",
    "IssueSlip",
    "IssueSlipLine",
    "ItemPhoto",
    "KindOfJob",
    "LabourLine",
    "Leg",
    "LongStay",
    "ManagerMode",
    "ManagerPart",
    "ManufacturerCase",
    "ManufacturerCaseMove",
    "Mark",
    "Means",
    "MissingOldPart",
    "NextVisit",
    "NoticeChannel",
    "NoticeResult",
    "Offer",
    "OfferAnswer",
    "OldParts",
    "PartLine",
    "PartReturn",
    "Payer",
    "Payment",
    "PaymentMethod",
    "PriceApproval",
    "Priority",
    "ProgressQuestion",
    "QualityCheck",
    "ReadyNotice",
    "Refund",
    "ReworkItem",
    "RulesRead",
    "Settlement",
    "SettlementLine",
    "Stay",
    "Stop",
    "TestDrive",
    "ThingsReturned",
    "Verdict",
    "Warranty",
    "Wash",
    "Way",
    "Withdrawn",
    "WorkOrder",
    "WorkOrderMove",
    "WorkshopRules",
]
