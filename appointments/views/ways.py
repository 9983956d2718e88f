"""The ways between the pages that make a day ready."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _


def ways(request: Any) -> dict[str, Any]:
    """Give a page the way to the others this person may open."""
    here = request.resolver_match.view_name
    return {
        "ways": [
            {"url": reverse(name), "label": label, "icon": icon, "here": name == here}
            for name, label, icon, permission in pages()
            if request.user.has_perm(permission)
        ]
    }


def pages() -> list[tuple[str, str, str, str]]:
    return [
        ("appointments:preparation", _("Preparation"), "list-check", "appointments.prepare_appointment"),
        ("appointments:parts", _("Parts to put aside"), "box-seam", "appointments.prepare_parts"),
        ("appointments:welcome", _("Welcome board"), "easel", "appointments.view_appointment"),
        ("appointments:notices", _("Foreman's notices"), "bell", "appointments.see_notice"),
        ("appointments:notices_missed", _("Notices not seen"), "bell-slash", "appointments.override_lead_time"),
    ]
