from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class FollowupConfig(AppConfig):
    name = "followup"
    verbose_name = _("Follow-up")

    def ready(self) -> None:
        from followup import receivers  # noqa: F401 - connects itself
        from followup.operations import rules

        # After every migration, and after a flush: the rules are data the desk cannot do without.
        post_migrate.connect(rules.seed_after_migration, sender=self, dispatch_uid="followup.rules")
