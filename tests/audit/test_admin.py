"""The audit in the back office: managers read their stores' events, find them, and change nothing."""

import pytest
from django.urls import reverse

from dealership.audit.acts import Act
from dealership.audit.models import Event
from dealership.customers import operations as customers
from dealership.staff.roles import Role
from tests import factories
from tests.audit.ledger import own, seal_all, written
from tests.factories import TUESDAY_NINE

LIST = "admin:audit_event_changelist"


@pytest.fixture
def manager(client, crew):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.force_login(crew.after_sales_manager)
    return client


def rows(client, **asked):
    answer = client.get(reverse(LIST), asked)
    assert answer.status_code == 200
    return list(answer.context["cl"].result_list)


@pytest.fixture
def ledger(crew):
    """Two events of the store, one of another store, one about a customer, whom all stores share."""
    other = factories.Crew(factories.store(code="SH9"))
    mine = [
        written(crew.store, crew.cashier, Act.PAID, number="SH1-ST-2026-000007", amount_fen=100, method="cash"),
        written(crew.store, crew.service_advisor, Act.SETTLED, number="SH1-ST-2026-000008"),
    ]
    theirs = written(other.store, other.cashier, Act.PAID, number="SH9-ST-2026-000001")
    customer = factories.customer_with_car(crew.service_advisor)[0]
    customers.record_consent(
        customer, purpose="service", channel="call", granted=True, by=crew.service_advisor, at=TUESDAY_NINE
    )
    seal_all()
    return mine, theirs, Event.objects.get(act=Act.CONSENT_GIVEN)


@pytest.mark.clause("A8")
def test_a_manager_reads_the_events_of_his_stores_and_of_the_group(manager, ledger):
    mine, theirs, shared = ledger
    assert {event.pk for event in rows(manager)} == {*(event.pk for event in mine), shared.pk}
    assert manager.get(reverse("admin:audit_event_change", args=[theirs.pk])).status_code == 302


def test_events_are_found_by_number_and_by_person(manager, ledger, crew):
    mine, _theirs, _shared = ledger
    assert rows(manager, q="2026-000007") == [mine[0]]
    assert [event.pk for event in rows(manager, q=crew.cashier.full_name)] == [mine[0].pk]
    assert [event.act for event in rows(manager, act__exact="consent_given")] == ["consent_given"]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["payment taken", "Seal holds", "amount: ¥1.00"]),
        ("zh-hans", ["已收款", "封存有效", "金额: ¥1.00"]),
    ],
)
def test_an_event_is_read_in_both_languages(manager, ledger, language, words):
    manager.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    page = manager.get(reverse("admin:audit_event_change", args=[ledger[0][0].pk])).content.decode()
    assert [word for word in words if word not in page] == []


def test_a_broken_seal_shows_in_the_list(manager, ledger):
    def marks():
        page = manager.get(reverse(LIST)).content.decode()
        return page.count("icon-yes"), page.count("icon-no"), page.count("icon-unknown")

    assert marks() == (3, 0, 0)
    own(Event)
    twin = Event.objects.get(pk=ledger[0][0].pk)
    Event.objects.filter(pk=twin.pk).update(facts={"amount_fen": 1})
    assert marks() == (2, 1, 0)
    written(twin.store, twin.by)
    assert marks() == (2, 1, 1)


def test_nobody_adds_edits_or_deletes(manager, ledger):
    event = ledger[0][0]
    assert manager.get(reverse("admin:audit_event_add")).status_code == 403
    assert manager.get(reverse("admin:audit_event_delete", args=[event.pk])).status_code == 403
    assert manager.post(reverse("admin:audit_event_change", args=[event.pk]), {"number": "x"}).status_code == 403
    answer = manager.post(reverse(LIST), {"action": "delete_selected", "_selected_action": [event.pk]})
    assert Event.objects.filter(pk=event.pk, number="SH1-ST-2026-000007").exists()
    assert answer.status_code in (200, 302)


@pytest.mark.parametrize("role", [Role.SERVICE_ADVISOR, Role.CASHIER, Role.DIRECTOR])
def test_others_do_not_read_it(client, crew, role):
    client.force_login(getattr(crew, role.value))
    assert client.get(reverse(LIST)).status_code in (302, 403)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_a_fixed_number_of_questions(manager, crew, count, django_assert_num_queries):
    for _n in range(count):
        written(crew.store, crew.cashier)
    seal_all()
    with django_assert_num_queries(9):
        assert len(rows(manager)) == count
