"""Every table of the catalogue, split by subject; import them from here."""

from dealership.catalogue.models.offer import LabourOperation, MaintenanceInterval, OrderClass, Part, Price, UsualPart
from dealership.catalogue.models.packages import Package, PackageOperation, PackagePart, PackagePrice
from dealership.catalogue.models.shelves import Stock, StockMovement, StockReservation
from dealership.catalogue.models.supplies import Supply, SupplyDay
from dealership.catalogue.models.transfers import Transfer, TransferMove

__all__ = [
    "LabourOperation",
    "MaintenanceInterval",
    "OrderClass",
    "Package",
    "PackageOperation",
    "PackagePart",
    "PackagePrice",
    "Part",
    "Price",
    "Stock",
    "StockMovement",
    "StockReservation",
    "Supply",
    "SupplyDay",
    "Transfer",
    "TransferMove",
    "UsualPart",
]
