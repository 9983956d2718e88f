"""Who may do what: one table from role to permissions, kept as Django groups named by the role.

The table is the truth: `apply` runs after every migration and sets each group to exactly these permissions.
Source: the roles of the procedure (docs/procedure.md, section D).
"""

from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    SERVICE_ADVISOR = "service_advisor", _("service advisor")
    ADVISOR_ASSISTANT = "advisor_assistant", _("advisor's assistant")
    FOREMAN = "foreman", _("foreman")
    DISPATCHER = "dispatcher", _("dispatcher")
    TEAM_LEADER = "team_leader", _("team leader")
    TECHNICIAN = "technician", _("technician")
    QUALITY_INSPECTOR = "quality_inspector", _("quality inspector")
    PARTS = "parts", _("parts desk")
    CASHIER = "cashier", _("cashier")
    GUARD = "guard", _("gate guard")
    CLAIMS = "claims", _("claims clerk")
    INFORMATION_CLERK = "information_clerk", _("information clerk")
    SALES_MANAGER = "sales_manager", _("sales manager")
    SALESPERSON = "salesperson", _("salesperson")
    AFTER_SALES_MANAGER = "after_sales_manager", _("after-sales manager")
    DIRECTOR = "director", _("director")


LOOK = {
    "appointments.view_appointment",
    "reception.view_visit",
    "workorders.view_workorder",
    "customers.view_customer",
    "customers.view_vehicle",
}
CARE = {"customers.add_customer", "customers.change_customer", "customers.add_vehicle", "customers.change_vehicle"}
BOOK = {
    "appointments.book_appointment",
    "appointments.cancel_appointment",
    "appointments.prepare_appointment",
    "reception.record_arrival",
}
TOLD = {"appointments.see_notice", "appointments.prepare_appointment"}
PAPERS = {"paperwork.view_issueddocument", "paperwork.read_visits"}
ADVISE = {
    "reception.receive_visit",
    "workorders.write_workorder",
    "workorders.ask_customer",
    "workorders.sign_workorder",
    "workorders.hand_to_workshop",
    "workorders.see_alert",
    "workorders.dispatch_own_team",
    "workorders.diagnose_line",
    "workorders.answer_progress",
    "workorders.note_stay",
    "workorders.view_manufacturercase",
    "workorders.open_case",
    "workorders.wash_car",
    "workorders.settle_workorder",
    "workorders.give_discount",
    "workorders.hand_over_workorder",
    "workorders.release_car",
    *PAPERS,
    "paperwork.take_signature",
}
CALL = {"followup.view_followuptask", "followup.make_call"}
SHOP_FLOOR = {
    "workorders.view_workorder",
    "workorders.start_work",
    "workorders.finish_work",
    "workorders.diagnose_line",
    "workorders.request_parts",
    "workorders.answer_progress",
    "workorders.report_item",
    "workorders.wash_car",
    "workorders.answer_question",
    "reception.view_visit",
}

CLAIM = {
    "workorders.view_manufacturercase",
    "workorders.open_case",
    "workorders.submit_case",
    "workorders.answer_case",
    "workorders.take_claim",
}

PERMISSIONS: dict[str, set[str]] = {
    Role.SERVICE_ADVISOR: LOOK | CARE | BOOK | ADVISE,
    Role.ADVISOR_ASSISTANT: LOOK | CARE | BOOK | CALL,
    Role.FOREMAN: LOOK
    | SHOP_FLOOR
    | TOLD
    | {
        "workorders.take_from_reception",
        "workorders.see_alert",
        "workorders.set_priority",
        "workorders.withdraw_item",
        "workorders.countersign_check",
        "workorders.take_slip",
        "workorders.dispatch_workorder",
        "workorders.dispatch_own_team",
        "workorders.note_stay",
        "workorders.view_clock",
        "workorders.correct_clock",
        *PAPERS,
    },
    Role.DISPATCHER: LOOK
    | TOLD
    | {
        "workorders.dispatch_workorder",
        "workorders.dispatch_own_team",
        "workorders.take_slip",
        *PAPERS,
    },
    Role.TEAM_LEADER: SHOP_FLOOR | {"workorders.accept_car", "workorders.view_clock", "workorders.correct_clock"},
    Role.TECHNICIAN: SHOP_FLOOR | CALL | {"workorders.accept_car"},
    Role.QUALITY_INSPECTOR: {"workorders.view_workorder", "reception.view_visit", "workorders.inspect_workorder"},
    Role.PARTS: {
        "workorders.view_workorder",
        "workorders.issue_parts",
        "workorders.see_alert",
        "catalogue.view_stock",
        "catalogue.order_goods",
        "catalogue.receive_goods",
        "catalogue.correct_stock",
        "catalogue.transfer_goods",
        *PAPERS,
        "appointments.view_appointment",
        "appointments.prepare_appointment",
        "appointments.prepare_parts",
    },
    # Neither the orders nor the visits: what is due, for which car, and the papers of his own desk.
    Role.CASHIER: {
        "workorders.take_payment",
        "workorders.refund_credit",
        "workorders.close_day",
        "paperwork.view_issueddocument",
    },
    # A store without a guard's hut is no exception: who sees the customer off may open the gate as well (F.2).
    Role.GUARD: {"workorders.release_car"},
    Role.CLAIMS: LOOK | CLAIM,
    Role.INFORMATION_CLERK: CALL | LOOK,
    Role.SALES_MANAGER: CALL | {"customers.view_customer", "customers.view_vehicle"},
    Role.SALESPERSON: CALL | {"customers.view_customer", "customers.view_vehicle"},
    Role.AFTER_SALES_MANAGER: set(),  # filled below: all of the desk but the shop floor's own acts
    Role.DIRECTOR: LOOK | {"staff.view_user", "staff.view_store", "staff.view_team"},
}
MANAGE = {
    "audit.view_event",
    "appointments.override_lead_time",
    "appointments.prepare_parts",
    "appointments.manage_welcomescreen",
    "customers.import_customers",
    "customers.merge_customers",
    "customers.view_consent",
    "customers.view_keeping",
    "customers.view_pastorder",
    "customers.view_importbatch",
    "customers.view_mileagereading",
    "customers.view_merge",
    "customers.view_planline",
    "customers.view_recommendation",
    "customers.view_carehint",
    "customers.add_carehint",
    "customers.change_carehint",
    "customers.view_recall",
    "customers.add_recall",
    "customers.change_recall",
    "customers.view_recalledvehicle",
    "workshop.view_bay",
    "workshop.add_bay",
    "workshop.change_bay",
    "workshop.view_bayreservation",
    "workshop.view_openinghours",
    "workshop.add_openinghours",
    "workshop.change_openinghours",
    "workshop.delete_openinghours",
    "workshop.view_closure",
    "workshop.add_closure",
    "workshop.change_closure",
    "workshop.delete_closure",
    "catalogue.view_labouroperation",
    "catalogue.add_labouroperation",
    "catalogue.change_labouroperation",
    "catalogue.view_usualpart",
    "catalogue.add_usualpart",
    "catalogue.change_usualpart",
    "catalogue.delete_usualpart",
    "catalogue.view_part",
    "catalogue.add_part",
    "catalogue.change_part",
    "catalogue.view_price",
    "catalogue.add_price",
    "catalogue.view_package",
    "catalogue.add_package",
    "catalogue.change_package",
    "catalogue.view_packageoperation",
    "catalogue.add_packageoperation",
    "catalogue.change_packageoperation",
    "catalogue.delete_packageoperation",
    "catalogue.view_packagepart",
    "catalogue.add_packagepart",
    "catalogue.change_packagepart",
    "catalogue.delete_packagepart",
    "catalogue.view_packageprice",
    "catalogue.add_packageprice",
    "catalogue.view_stock",
    "catalogue.view_stockmovement",
    "catalogue.view_stockreservation",
    "catalogue.view_maintenanceinterval",
    "catalogue.add_maintenanceinterval",
    "catalogue.change_maintenanceinterval",
    "catalogue.view_supply",
    "catalogue.view_transfer",
    "catalogue.correct_stock",
    "catalogue.order_goods",
    "catalogue.receive_goods",
    "catalogue.transfer_goods",
    "appointments.view_bookingrules",
    "appointments.add_bookingrules",
    "appointments.change_bookingrules",
    "appointments.view_managementcard",
    "appointments.view_foremannotice",
    "appointments.view_reminder",
    "appointments.view_proactivecall",
    "appointments.view_bufferuse",
    "appointments.view_welcomeboard",
    "reception.view_shiftcheck",
    "reception.view_modeswitch",
    "reception.view_courtesycheck",
    "reception.add_courtesycheck",
    "reception.reassign_visit",
    "reception.view_greetingtext",
    "reception.add_greetingtext",
    "reception.change_greetingtext",
    "reception.delete_greetingtext",
    "outbox.view_message",
    "outbox.release_message",
    "workorders.take_from_reception",
    "workorders.dispatch_workorder",
    "workorders.view_alert",
    "workorders.view_clock",
    "workorders.correct_clock",
    "workorders.view_progressquestion",
    "workorders.view_longstay",
    "workorders.view_issueslip",
    "workorders.view_settlement",
    "workorders.reverse_settlement",
    "workorders.approve_price",
    "workorders.give_large_discount",
    "workorders.refund_credit",
    "workorders.refund_payment",
    "workorders.close_day",
    "workorders.view_dayclose",
    "workorders.view_cashshift",
    "workorders.view_payment",
    "workorders.view_refund",
    "workorders.view_gatepass",
    "workorders.release_unpaid",
    "workorders.join_large_order",
    "workorders.countersign_check",
    "workorders.decide_incident",
    "workorders.override_peak",
    "workorders.view_checkpoint",
    "workorders.add_checkpoint",
    "workorders.change_checkpoint",
    "workorders.view_qualitycheck",
    "workorders.view_reworkitem",
    "workorders.view_finalcheck",
    "workorders.view_incident",
    "workorders.view_readynotice",
    "workorders.view_deliverywalk",
    "workorders.view_customerquestion",
    "workorders.view_thingsreturned",
    "workorders.view_managerpart",
    "workorders.view_additionalitem",
    "workorders.view_workshoprules",
    "workorders.add_workshoprules",
    "workorders.change_workshoprules",
    "followup.view_contactrule",
    "followup.change_contactrule",
    "followup.reassign_task",
    "staff.view_user",
    "staff.add_user",
    "staff.change_user",
    "staff.view_absence",
    "staff.add_absence",
    "staff.change_absence",
    "staff.delete_absence",
    "staff.view_team",
    "staff.add_team",
    "staff.change_team",
    "staff.view_store",
    "staff.change_store",
}
PERMISSIONS[Role.AFTER_SALES_MANAGER] = LOOK | CARE | BOOK | ADVISE | CLAIM | CALL | MANAGE

ADMIN_ROLES = {Role.AFTER_SALES_MANAGER, Role.DIRECTOR}


def apply(using: str = "default", **kwargs: Any) -> None:
    """Set every role's group to exactly the permissions of the table that exist by now."""
    from django.apps import apps
    from django.contrib.auth.models import Group, Permission

    sender = kwargs.get("sender")
    if sender is not None and sender.label != list(apps.get_app_configs())[-1].label:
        return  # the permissions of later apps are still to come; the last app's signal finds them all
    known = {
        f"{app}.{codename}": pk
        for pk, app, codename in Permission.objects.using(using).values_list(
            "pk", "content_type__app_label", "codename"
        )
    }
    for role, names in PERMISSIONS.items():
        group, _created = Group.objects.using(using).get_or_create(name=str(role))
        group.permissions.set([known[name] for name in names if name in known])


def unknown_permissions() -> set[str]:
    """Return the names in the table that no model declares; a misspelt permission would close a page silently."""
    from django.contrib.auth.models import Permission

    known = {f"{a}.{c}" for a, c in Permission.objects.values_list("content_type__app_label", "codename")}
    return set().union(*PERMISSIONS.values()) - known
