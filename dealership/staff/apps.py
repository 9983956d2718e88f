from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class StaffConfig(AppConfig):
    name = "dealership.staff"
    label = "staff"
    verbose_name = _("Stores and staff")

    def ready(self) -> None:
        from dealership import web
        from dealership.staff import roles

        # Every app's permissions exist only after its own migration, so the table is applied after each.
        post_migrate.connect(roles.apply, dispatch_uid="staff.roles")
        user_logged_in.connect(web.begin_session, dispatch_uid="staff.session")
