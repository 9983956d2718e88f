"""The back office reads what happened and keeps the points and rules; every other change goes through the desk."""

from workorders.admin import checks, money, orders

__all__ = ["checks", "money", "orders"]
