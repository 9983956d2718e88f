"""The work order and its lines, the checks, the settlement and the gate pass."""

from workorders.models.checks import QualityCheck
from workorders.models.lines import LabourLine, PartLine
from workorders.models.money import GatePass, Payment, Settlement
from workorders.models.orders import OldParts, PaymentMethod, WorkOrder, WorkOrderMove

__all__ = [
    "GatePass",
    "LabourLine",
    "OldParts",
    "PartLine",
    "Payment",
    "PaymentMethod",
    "QualityCheck",
    "Settlement",
    "WorkOrder",
    "WorkOrderMove",
]
