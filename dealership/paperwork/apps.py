from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PaperworkConfig(AppConfig):
    name = "dealership.paperwork"
    label = "paperwork"
    verbose_name = _("Printed documents")

    def ready(self) -> None:
        from dealership.audit import witnesses as audit
        from dealership.paperwork import witnesses

        audit.call(*witnesses.WITNESSES)
