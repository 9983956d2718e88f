"""Who may open what: every address of the site, asked by every role, for the own store's things and another's.

What is expected follows from two tables alone: the permission `web.allow` wrote on a view, and `staff.roles`.
"""

import functools
from datetime import UTC

import pytest
import time_machine
from django.apps import apps
from django.conf import settings
from django.contrib.admin.sites import site
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from dealership.staff.roles import ADMIN_ROLES, PERMISSIONS, Role
from tests.addresses import QUERIES, THINGS, WORDS
from tests.houses import MAKERS, NOW, House
from tests.worlds import built_once, undone

pytestmark = pytest.mark.django_db

DONE = {200, 302, 409, 422}  # 409: this thing is at another step; nobody is refused as a person
REFUSED, NOT_FOUND = 403, 404
WRONG_METHOD = {405, 303}  # 303: a form's address, merely looked at, leads to the page of the form

FOR_EVERYBODY = {"overview:today", "staff:logout", "staff:switch_store"}  # of those who are logged in
PUBLIC = {"staff:login", "staff:language", "appointments:screen", "appointments:answer"}
PUBLIC |= {"appointments:code", "appointments:code_picture", "workorders:agree", "workorders:agree_photo"}
ABOUT_A_CAR = ("appointments:proactive", "appointments:make_plan")
SHARED_RECORDS = ("customers:", "overview:vehicle", *ABOUT_A_CAR)  # the group's stores share customers and vehicles …
SHARED_RECORDS += ("workorders:part", "catalogue:place")  # … and the catalogue, each seeing its own shelves …
SCOPED_RECORDS = {"customers:import_preview", "customers:import_wrong_rows"}  # … but not what they import

# The back office: tables every store shares, and the way from a row to its store where it is not `store`.
SHARED_TABLES = {
    "customers.customer", "customers.vehicle", "customers.keeping", "customers.mileagereading", "customers.consent",
    "customers.pastorder", "customers.merge", "customers.planline", "customers.recommendation",
    "customers.recall", "customers.recalledvehicle", "customers.carehint", "workorders.checkpoint",
    "catalogue.labouroperation", "catalogue.part", "catalogue.price", "catalogue.maintenanceinterval",
    "catalogue.package", "catalogue.packageprice",
    "followup.contactrule", "axes.accessattempt", "axes.accesslog", "axes.accessfailurelog",
}  # fmt: skip
STORE_PATHS = {
    "staff.store": "pk",
    "staff.user": "stores",
    "staff.absence": "user__stores",
    "workshop.bayreservation": "bay__store",
    "catalogue.transfer": "giving",
    "workorders.settlement": "order__store",
    "workorders.payment": "settlement__order__store",
    "workorders.refund": "payment__settlement__order__store",
    "workorders.dayclose": "shift__store",
    "workorders.gatepass": "visit__store",
    "workorders.additionalitem": "order__store",
    "workorders.alert": "order__store",
    "workorders.issueslip": "order__store",
    "workorders.clock": "line__order__store",
    "workorders.managerpart": "visit__store",
    "workorders.readynotice": "visit__store",
    "workorders.qualitycheck": "order__store",
    "workorders.reworkitem": "order__store",
    "workorders.finalcheck": "order__store",
    "workorders.incident": "order__store",
    "workorders.manufacturercase": "line__order__store",
}
# Holds the permission, but for some of these things alone; tests/paperwork says which.
NARROWER = {Role.CASHIER: "paperwork:"}
ACTS = {"changelist": "view", "add": "add", "history": "view", "delete": "delete", "change": "view"}
OFFICE = {"index", "login", "logout", "password_change", "password_change_done", "autocomplete", "jsi18n", "app_list"}
OFFICE |= {"view_on_site", "auth_user_password_change"}


@functools.cache
def patterns():
    """Return {name: view} of every address that has a name; those of the back office begin with `admin:`."""

    def walk(found, space=""):
        for pattern in found:
            if isinstance(pattern, URLPattern):
                yield f"{space}{pattern.name}", pattern.callback
            else:
                yield from walk(pattern.url_patterns, f"{space}{pattern.namespace}:" if pattern.namespace else space)

    return dict(walk(get_resolver().url_patterns))


def desk_views():
    return {name: view for name, view in patterns().items() if not name.startswith("admin:")}


def office_pages():
    """Return {name: (model, act)} of the back office's pages of tables."""
    tables = {f"admin:{m._meta.app_label}_{m._meta.model_name}_{act}": (m, act) for m in site._registry for act in ACTS}
    return {name: tables[name] for name in patterns() if name in tables}


@pytest.fixture(scope="module")
def houses(django_db_setup, django_db_blocker):
    """Build two stores once; every request below is undone after its answer."""
    with built_once(django_db_blocker), time_machine.travel(NOW.astimezone(UTC), tick=False):
        mine, theirs = House(), House()
        for house in mine, theirs:
            for name in MAKERS:
                getattr(house, name)
            for role in Role:
                getattr(house.crew, role.value)
        yield mine, theirs


class Visitor:
    """A browser that leaves no trace in the database."""

    def __init__(self, user=None):
        self.client = Client(raise_request_exception=False)
        if user is not None:
            self.client.force_login(user)
        self.cookies = {name: morsel.value for name, morsel in self.client.cookies.items()}

    def ask(self, url):
        """Return the status codes of GET and POST."""
        return self.once("get", url), self.once("post", url)

    def once(self, method, url):
        self.client.cookies.load(self.cookies)
        with undone():
            answer = getattr(self.client, method)(url)
        return answer.status_code


def address(name, house):
    arguments = WORDS.get(name) or (THINGS[name](house) if name in THINGS else [])
    return reverse(name, args=arguments, query=QUERIES.get(name, lambda house: None)(house))


def judged(codes, held, mine):
    """Say whether the answers to GET and POST fit who asked and whose thing it was."""
    if not held:
        return REFUSED in codes and set(codes) <= {REFUSED} | WRONG_METHOD
    if not mine:
        return NOT_FOUND in codes and set(codes) <= {NOT_FOUND} | WRONG_METHOD
    return bool(DONE & set(codes)) and set(codes) <= DONE | WRONG_METHOD


def test_every_address_with_arguments_names_its_thing():
    takes = {
        name
        for name in desk_views()
        if any(arguments for _text, arguments in get_resolver_of(name).reverse_dict.getlist(name.split(":")[1])[0][0])
    }
    assert takes == set(THINGS) | set(WORDS)


def get_resolver_of(name):
    return get_resolver().namespace_dict[name.split(":")[0]][1]


def test_every_page_of_the_desk_says_who_may_open_it():
    open_to_all = {name for name, view in desk_views().items() if not hasattr(view, "permission")}
    assert open_to_all == FOR_EVERYBODY | PUBLIC


def test_every_page_of_the_back_office_is_known():
    known = set(office_pages()) | {f"admin:{name}" for name in OFFICE} | {"admin:None"}  # None: redirects without name
    assert set(patterns()) - set(desk_views()) - known == set()


@pytest.mark.parametrize("role", Role)
def test_the_desk_opens_what_the_role_holds_and_nothing_else(houses, role):
    mine, theirs = houses
    visitor, wrong = Visitor(getattr(mine.crew, role.value)), {}
    for name, view in desk_views().items():
        if name in PUBLIC or (role in NARROWER and name.startswith(NARROWER[role])):
            continue
        held = name in FOR_EVERYBODY or view.permission in PERMISSIONS[role]
        codes = visitor.ask(address(name, mine))
        if not judged(codes, held, mine=True):
            wrong[name] = codes
        if held and name in THINGS | QUERIES and is_a_stores_own(name):
            codes = visitor.ask(address(name, theirs))
            if not judged(codes, held, mine=False):
                wrong[f"{name} (of another store)"] = codes
    assert wrong == {}


def is_a_stores_own(name):
    return name in SCOPED_RECORDS or not (name.startswith(SHARED_RECORDS) or name in FOR_EVERYBODY)


def test_nobody_switches_to_a_store_where_he_does_not_work(houses):
    mine, theirs = houses
    visitor = Visitor(mine.crew.service_advisor)
    assert visitor.ask(address("staff:switch_store", theirs)) == (303, 409)


def row_of(model, house):
    path = STORE_PATHS.get(model._meta.label_lower, "store")
    shared = model._meta.label_lower in SHARED_TABLES
    rows = model._default_manager.all() if shared else model._default_manager.filter(**{path: house.store.pk})
    return rows.order_by("pk").first()


def may(role, model, act):
    """Say whether the role's table lets it do this; who may change a row may look at it."""
    app, name = model._meta.app_label, model._meta.model_name
    asked = {"view": ["view", "change"]}.get(ACTS[act], [ACTS[act]])
    return any(f"{app}.{word}_{name}" in PERMISSIONS[role] for word in asked)


@pytest.mark.parametrize("role", Role)
def test_the_back_office_opens_to_its_roles_alone(houses, role):
    mine, theirs = houses
    visitor, wrong = Visitor(getattr(mine.crew, role.value)), {}
    for name, (model, act) in office_pages().items():
        needs_row = act not in ("changelist", "add")
        own, other = row_of(model, mine), row_of(model, theirs)
        url = reverse(name, args=[own.pk if own else 1] if needs_row else [])
        code = visitor.once("get", url)
        if code != office_answer(role, model, act, own):
            wrong[name] = code
        if needs_row and other and other != own and role in ADMIN_ROLES:
            code = visitor.once("get", reverse(name, args=[other.pk]))
            if code not in (302, REFUSED, NOT_FOUND):
                wrong[f"{name} (of another store)"] = code
    assert wrong == {}


def office_answer(role, model, act, own):
    """Return the expected status: the log-in page, refused, opened, or gone where there is no such row."""
    if role not in ADMIN_ROLES:
        return 302
    kept = site.get_model_admin(model)
    read_only = act in ("add", "delete") and not getattr(kept, f"has_{act}_permission")(superuser_request())
    if not may(role, model, act) or read_only:
        return REFUSED
    assert own is not None or act in ("changelist", "add"), f"no row of {model._meta.label} to look at"
    return 200


def superuser_request():
    """Return what the tables that nobody may add to or delete from are asked with."""
    request = type("Request", (), {})()
    request.user = apps.get_model(settings.AUTH_USER_MODEL)(is_superuser=True, is_staff=True, is_active=True)
    return request


def test_whoever_is_not_logged_in_is_sent_to_the_log_in_page(houses):
    mine, _theirs = houses
    visitor = Visitor()
    asked = {name: address(name, mine) for name in desk_views() if name not in PUBLIC}
    asked |= {
        name: reverse(name, args=[1] if act not in ("changelist", "add") else [])
        for name, (_model, act) in office_pages().items()
    }
    assert {name: codes for name, url in asked.items() if (codes := visitor.ask(url)) != (302, 302)} == {}
