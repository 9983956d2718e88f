"""Money in the back office: found, read in yuan and in the reader's language, and changed by nobody."""

import re
from html import unescape
from uuid import uuid4

import pytest
from django.contrib.admin.sites import site
from django.urls import reverse

from dealership import money
from dealership.audit.models import Event
from dealership.staff.roles import Role
from tests import factories
from tests.factories import TUESDAY_NINE
from workorders.models import CashShift, DayClose, GatePass, LabourLine, ManagerPart, Payment, ReadyNotice, Refund
from workorders.models import Settlement as Sheet
from workorders.operations import cashier, settlement, till

TABLES = [Sheet, Payment, Refund, CashShift, DayClose]
HEADS = [
    (Sheet, ["Sheet", "Order and plate", "Payer", "Total", "Paid", "Posted at", "Posted by"],
     ["结算单", "工单与车牌", "付款方", "合计", "已付", "入账时间", "过账人"]),
    (Payment, ["At", "Method", "Amount", "Sheet", "Plate", "By", "Shift"],
     ["时间", "收款方式", "金额", "结算单", "车牌号", "操作人", "班次"]),
    (Refund, ["At", "Method", "Amount", "Sheet", "Reason", "By"],
     ["时间", "收款方式", "金额", "结算单", "原因", "操作人"]),
    (CashShift, ["Day", "Number of the day", "Cashier", "Float", "Counted and closed at"],
     ["日期", "当日序号", "收银员", "备用金", "日结时间"]),
    (DayClose, ["Shift", "Cash expected", "Cash counted", "Difference", "Reason", "By", "At"],
     ["班次", "应有现金", "实点现金", "差异", "原因", "操作人", "时间"]),
    (GatePass, ["Owed when let go"], ["放行时欠款"]),
    (ReadyNotice, ["Amount told"], ["告知金额"]),
    (ManagerPart, ["Total when called in"], ["通知经理时的合计"]),
]  # fmt: skip


def page(model, action, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{action}", args=args)


def text(answer):
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def heads(answer):
    """Return the words at the head of the columns of a list."""
    found = re.findall(r'<th scope="col".*?<div class="text">(.*?)</div>', text(answer), re.DOTALL)
    return [re.sub("<[^>]*>", "", words).strip() for words in found]


def cells(answer, name):
    """Return what stands in one column, of a list or of the rows under a record."""
    found = re.findall(rf'<t[dh][^>]*class="[^"]*field-{name}\b[^"]*"[^>]*>(.*?)</t[dh]>', text(answer), re.DOTALL)
    return [re.sub("<[^>]*>", "", words).strip() for words in found]


def rows(client, model, **asked):
    answer = client.get(page(model, "changelist"), asked)
    assert answer.status_code == 200
    return list(answer.context["cl"].result_list)


@pytest.fixture
def manager(client, crew):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.force_login(crew.after_sales_manager)
    return client


def taken(crew, method="wechat"):
    """Return a payment of 199.00 on a sheet of its own."""
    sheet = factories.settle(factories.handed_over(crew), crew)
    return cashier.pay(sheet, method=method, received_fen=19900, request_key=uuid4(), by=crew.cashier, at=TUESDAY_NINE)


def given_back(crew, payment):
    return cashier.refund(
        payment, amount_fen=1050, reason="多收", method="wechat", request_key=uuid4(), by=crew.after_sales_manager,
        at=TUESDAY_NINE,
    )  # fmt: skip


@pytest.fixture
def day(crew):
    """A cashier's day: a float, 199.00 by WeChat, 10.50 of it given back, counted with one yuan too few."""
    till.set_float(crew.store, float_fen=50000, by=crew.cashier, at=TUESDAY_NINE)
    payment = taken(crew)
    refund = given_back(crew, payment)
    close = till.close_day(payment.shift, counted_fen=49900, reason="少一元", by=crew.cashier, at=TUESDAY_NINE)
    return {Sheet: payment.settlement, Payment: payment, Refund: refund, CashShift: payment.shift, DayClose: close}


@pytest.mark.parametrize(("model", "english", "chinese"), HEADS)
def test_the_columns_are_headed_in_the_readers_language(manager, day, model, english, chinese):
    ManagerPart.objects.create(visit=day[Sheet].order.visit, total_fen=19900, called_at=TUESDAY_NINE)
    for language, words in [("en", english), ("zh-hans", chinese)]:
        manager.defaults["HTTP_ACCEPT_LANGUAGE"] = language
        found = heads(manager.get(page(model, "changelist")))
        assert found == words if model in TABLES else set(words) <= set(found)


def test_every_column_that_is_a_method_has_a_head_of_its_own():
    nameless = [
        f"{model.__name__}.{name}"
        for model, office in site._registry.items()
        if model._meta.app_label == "workorders"
        for one in [office, *office.inlines]
        for name in [*getattr(one, "list_display", ()), *(one.fields or ())]
        if callable(getattr(one, name, None)) and not hasattr(getattr(one, name), "short_description")
    ]
    assert nameless == []


@pytest.mark.parametrize(("model", "column", "amount"), [
    (Sheet, "total", "¥199.00"), (Payment, "amount", "¥199.00"), (Refund, "amount", "¥10.50"),
    (CashShift, "float", "¥500.00"), (DayClose, "difference", "-¥1.00"), (ReadyNotice, "amount", "¥199.00"),
])  # fmt: skip
def test_a_list_shows_yuan(manager, day, model, column, amount):
    assert amount in cells(manager.get(page(model, "changelist")), column)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize(("model", "amounts"), [
    (Sheet, ["¥199.00", "¥0.00"]), (Payment, ["¥199.00", "¥0.00"]), (Refund, ["¥10.50", "¥199.00"]),
    (CashShift, ["¥500.00"]), (DayClose, ["¥500.00", "¥499.00", "-¥1.00", "¥199.00"]),
])  # fmt: skip
def test_a_record_shows_yuan_and_no_fen(manager, day, language, model, amounts):
    manager.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    seen = text(manager.get(page(model, "change", day[model].pk)))
    assert [amount for amount in amounts if amount not in seen] == []
    unwanted = ["(fen)", "（分）", "request", "19900", "1050", "50000", "19,900", "1,050", "50,000"]
    assert [word for word in unwanted if re.search(rf"(?<![\w-]){re.escape(word)}(?!\w)", seen, re.IGNORECASE)] == []


@pytest.mark.parametrize(("language", "word"), [("en", "WeChat Pay"), ("zh-hans", "微信支付")])
def test_a_method_is_named_and_not_coded(manager, day, language, word):
    manager.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    for model in [Sheet, Payment, Refund, DayClose]:
        seen = text(manager.get(page(model, "change", day[model].pk)))
        assert word in seen
        assert re.search(r"\bwechat\b", re.sub("<[^>]*>", "", seen)) is None


def test_the_lines_of_sheet_and_order_show_yuan(manager, day):
    sheet = day[Sheet]
    answer = manager.get(page(Sheet, "change", sheet.pk))
    assert sum(money.fen(net[1:].replace(",", "")) for net in cells(answer, "net")) == 19900
    assert cells(answer, "received") == ["¥199.00"]
    assert set(cells(answer, "change")) == {"¥0.00"}
    rate = LabourLine.objects.filter(order=sheet.order).first().rate_fen
    assert f"¥{rate / 100:,.2f}" in cells(manager.get(page(type(sheet.order), "change", sheet.order_id)), "rate")


def test_a_reversed_sheet_says_why_on_its_own_page_alone(manager, crew, day):
    settlement.reverse(day[Sheet], reason="写错了", by=crew.after_sales_manager, at=TUESDAY_NINE)
    back = Sheet.objects.get(reverses=day[Sheet])
    assert "写错了" in text(manager.get(page(Sheet, "change", back.pk)))
    seen = manager.get(page(Sheet, "changelist"))
    assert "写错了" not in text(seen)
    assert cells(seen, "total") == ["-¥199.00", "¥199.00"] or cells(seen, "total") == ["¥199.00", "-¥199.00"]


def test_payments_are_found_by_sheet_order_and_plate(manager, crew):
    one, other = taken(crew), taken(crew, "card")
    assert set(rows(manager, Payment)) == {one, other}
    order = one.settlement.order
    for asked in [one.settlement.sheet.number, order.number, order.visit.vehicle.plate]:
        assert rows(manager, Payment, q=asked) == [one]
    assert rows(manager, Payment, method__exact="card") == [other]
    answer = manager.get(page(Payment, "changelist"))
    assert order.visit.vehicle.plate_shown in cells(answer, "plate")
    assert page(Sheet, "change", one.settlement_id) in text(answer)
    assert answer.context["cl"].show_full_result_count is False


@pytest.mark.parametrize("model", [Payment, CashShift])
def test_a_store_reads_its_own(manager, model):
    theirs = taken(factories.Crew(factories.store("分店")))
    row = theirs if model is Payment else theirs.shift
    assert rows(manager, model) == []
    assert manager.get(page(model, "change", row.pk)).status_code == 302


@pytest.mark.parametrize("model", TABLES)
def test_nobody_adds_changes_or_deletes(manager, day, model):
    row = day[model]
    before = model.objects.filter(pk=row.pk).values().get()
    for action, args in [("add", []), ("delete", [row.pk])]:
        assert manager.get(page(model, action, *args)).status_code == 403
        assert manager.post(page(model, action, *args), {"post": "yes"}).status_code == 403
    assert manager.get(page(model, "change", row.pk)).status_code == 200
    assert manager.post(page(model, "change", row.pk), {"amount_fen": 1, "float_fen": 1}).status_code == 403
    manager.post(page(model, "changelist"), {"action": "delete_selected", "_selected_action": [row.pk]})
    assert model.objects.filter(pk=row.pk).values().get() == before


@pytest.mark.parametrize("role", [Role.SERVICE_ADVISOR, Role.CASHIER, Role.DIRECTOR])
def test_others_do_not_read_payments(client, crew, role):
    client.force_login(getattr(crew, role.value))
    for model in [Payment, CashShift]:
        assert client.get(page(model, "changelist")).status_code in (302, 403)


@pytest.mark.parametrize("model", [Sheet, Payment, Refund])
def test_a_list_asks_a_fixed_number_of_questions(manager, crew, model, django_assert_max_num_queries):
    """Ask as often for three rows as for one."""
    asked = []
    for count in (1, 3):
        while Payment.objects.count() < count:
            given_back(crew, taken(crew))
        rows(manager, model)  # what is kept after a first look does not count
        with django_assert_max_num_queries(20) as queries:
            assert len(rows(manager, model)) == count
        asked.append(len(queries))
    assert asked[0] == asked[1]


@pytest.mark.parametrize("model", [CashShift, DayClose])
def test_a_list_of_days_asks_a_fixed_number_of_questions(manager, crew, model, django_assert_max_num_queries):
    asked = []
    for people in ([crew.cashier], [factories.person(Role.CASHIER, crew.store) for _n in range(2)]):
        for one in people:
            shift = till.set_float(crew.store, float_fen=100, by=one, at=TUESDAY_NINE)
            till.close_day(shift, counted_fen=100, reason="", by=one, at=TUESDAY_NINE)
        rows(manager, model)
        with django_assert_max_num_queries(20) as queries:
            rows(manager, model)
        asked.append(len(queries))
    assert asked[0] == asked[1]


@pytest.mark.parametrize(("language", "words"), [
    ("en", ["amount: ¥199.00", "change given: ¥0.00", "method: WeChat Pay"]),
    ("zh-hans", ["金额: ¥199.00", "找零: ¥0.00", "收款方式: 微信支付"]),
])  # fmt: skip
def test_the_audit_reads_the_facts_of_a_payment(manager, day, language, words):
    manager.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    event = Event.objects.get(act="paid")
    assert event.facts["amount_fen"] == 19900
    seen = text(manager.get(page(Event, "change", event.pk)))
    assert [word for word in words if f"<div>{word}</div>" not in seen] == []
    assert [word for word in event.facts if f"<div>{word}:" in seen and word.endswith("_fen")] == []


def test_the_audit_reads_moments_and_hashes(manager, crew, day):
    event = Event.objects.get(act="order_authorised", about__startswith="workorders.authorisation")
    seen = text(manager.get(page(Event, "change", event.pk)))
    promised = day[Sheet].order.promised_at.astimezone(crew.store.zone)
    assert f"<div>promised at: {promised:%-d %B %Y %H:%M}</div>" in seen
    assert "<div>fingerprint: " in seen


def test_the_audit_shows_an_unknown_fact_as_it_is(crew):
    office = site.get_model_admin(Event)
    kept = {"odd": "x1", "many_fen": 5, "list": [1, 2], "odd_at": "2026-99-99T00:00:00.000000Z", "none": None}
    event = Event(act="paid", about="no.table:1", facts=kept)
    assert office.written(event) == (
        "<div>list: [1, 2]</div><div>many_fen: ¥0.05</div><div>odd: x1</div>"
        "<div>odd_at: 2026-99-99T00:00:00.000000Z</div>"
    )
