from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkordersConfig(AppConfig):
    name = "workorders"
    verbose_name = _("Work orders")

    def ready(self) -> None:
        from dealership.audit import witnesses as audit
        from workorders import receivers  # noqa: F401 - connects itself
        from workorders.witnesses import WITNESSES

        audit.call(*WITNESSES)
