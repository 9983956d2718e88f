from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CustomersConfig(AppConfig):
    name = "dealership.customers"
    label = "customers"
    verbose_name = _("Customers and vehicles")

    def ready(self) -> None:
        from dealership.audit import witnesses as audit
        from dealership.customers import witnesses

        audit.call(*witnesses.WITNESSES)
