from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OutboxConfig(AppConfig):
    name = "dealership.outbox"
    label = "outbox"
    verbose_name = _("Outgoing messages")

    def ready(self) -> None:
        from dealership.outbox import receivers  # noqa: F401 - connects itself
