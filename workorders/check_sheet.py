"""The check sheet of one round as it is signed: the dispatch sheet's work with what the inspector found (F14)."""

from typing import Any

from django.utils.translation import gettext as _

from workorders import queries
from workorders.documents import heading, when
from workorders.models import Mark, QualityCheck

DRAWN = {Mark.OK: "ok", Mark.NOT_OK: "damage", Mark.NONE: "none"}


def content(check: QualityCheck) -> dict[str, Any]:
    """Return what stands on the paper; the inspector signs under it (2.5.4)."""
    order = check.order
    rows = [
        [drive.driver.full_name, f"{drive.km_out} km", f"{drive.km_in} km", drive.result]
        for drive in queries.quality.drives_of_round(order).select_related("driver")
    ]
    points = [
        [point.asked, DRAWN[Mark(point.mark)], point.words or str(point.get_mark_display())]
        for point in check.points.all()
    ]
    again = [[item.words, item.line.description if item.line else ""] for item in check.rework_items.all()]
    return {
        "title": _("Quality check, round %(n)d") % {"n": check.round},
        "fields": [*heading(order), *facts(check)],
        "checks": [{"title": _("Work and points"), "points": points}] if points else [],
        "tables": [
            *([table(_("Test drive"), [_("Driver"), _("Out"), _("In"), _("Result")], rows)] if rows else []),
            *([table(_("To be done again, at no charge"), [_("What"), _("Work")], again)] if again else []),
        ],
        "notes": [_("Not driven: %(why)s") % {"why": check.not_driven}] if check.not_driven else [],
    }


def facts(check: QualityCheck) -> list[list[str]]:
    found = [
        [_("Result"), _("passed") if check.passed else _("failed")],
        [_("Inspector"), check.inspector.full_name],
        [_("Team"), str(check.team or "")],
        [_("Checked at"), when(check.order, check.checked_at)],
    ]
    if check.finish_at:
        found.append([_("Right again at"), when(check.order, check.finish_at)])
    return found


def table(title: str, columns: list[str], rows: list[list[str]]) -> dict[str, Any]:
    return {"title": title, "columns": columns, "rows": rows}
