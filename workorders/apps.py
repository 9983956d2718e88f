from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkordersConfig(AppConfig):
    name = "workorders"
    verbose_name = _("Work orders")

    def ready(self) -> None:
        from dealership.audit import witnesses as audit
        from workorders import receivers, witnesses  # noqa: F401 - the receivers connect themselves

        audit.call(*witnesses.WITNESSES)
