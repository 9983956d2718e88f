"""The pages of the parts desk: what waits, the counter with its two signatures, and the history of a part."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from dealership.catalogue.models import Stock
from tests import factories
from tests.factories import TUESDAY_NINE, issue_parts
from tests.workorders.counter import drawn_of, issuing, receive, stock, two_parts, with_team
from tests.workorders.sheets import HOUR, address, text, wrong
from workorders import queries
from workorders.models import IssueSlip, PartLine
from workorders.operations import parts

TO_ISSUE = reverse("workorders:to_issue")


@pytest.fixture
def clerk(tuesday, crew):
    tuesday.force_login(crew.parts)
    return tuesday


def test_who_waits_stands_on_the_list_in_board_order_with_since_when(clerk, crew):
    late = factories.dispatched(crew)
    soon = with_team(crew, two_parts(crew), promised_at=TUESDAY_NINE + timedelta(hours=6))
    parts.request(soon, by=crew.technician, at=TUESDAY_NINE + timedelta(minutes=20))
    factories.signed(crew)
    factories.in_progress(crew)
    page = clerk.get(TO_ISSUE)
    assert [one.order for one in page.context["wanted"]] == [soon, late]
    assert [one.since for one in page.context["wanted"]] == [TUESDAY_NINE + timedelta(minutes=20), TUESDAY_NINE]
    assert "asked for 09:20" in text(page)
    assert "waits since 09:00" in text(page)


def test_what_waits_for_an_answer_is_named_and_not_offered(clerk, crew):
    order = with_team(crew, two_parts(crew))
    PartLine.objects.filter(order=order, quantity=4).update(decision="asked")
    [one] = clerk.get(TO_ISSUE).context["wanted"]
    assert [line.quantity for line in one.ready] == [1]
    assert [line.quantity for line in one.waits] == [4]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_the_same_queries_for_one_row_and_for_three(clerk, crew, rows, django_assert_num_queries):
    for _n in range(rows):
        factories.dispatched(crew)
    with django_assert_num_queries(10):
        page = clerk.get(TO_ISSUE)
    assert len(page.context["wanted"]) == rows


def test_picked_with_one_press(clerk, crew):
    order = factories.dispatched(crew)
    line = order.part_lines.get()
    assert clerk.post(address("pick_parts", order), {"lines": [line.pk]})["Location"] == TO_ISSUE
    line.refresh_from_db()
    assert line.picked_by == crew.parts
    page = text(clerk.get(TO_ISSUE))
    assert "picked 10:00" in page
    assert address("pick_parts", order) not in page
    assert clerk.post(address("pick_parts", order), {}).status_code == 409


def test_the_team_asks_from_the_orders_page(tuesday, crew):
    order = factories.dispatched(crew)
    tuesday.force_login(crew.technician)
    assert address("request_parts", order) in text(tuesday.get(address("order", order), follow=True))
    assert tuesday.post(address("request_parts", order))["Location"] == address("order", order)
    page = text(tuesday.get(address("order", order), follow=True))
    assert address("request_parts", order) not in page
    assert "asked for" in page
    assert tuesday.post(address("request_parts", order)).status_code == 409


@pytest.mark.clause("2.4.3.5", "2.4.3.4", "F11")
def test_both_sign_on_one_page_and_the_stock_falls(clerk, crew):
    order = with_team(crew, two_parts(crew))
    first, second = order.part_lines.order_by("pk")
    page = clerk.get(address("counter", order))
    assert page.context["chosen"] == {str(first.pk), str(second.pk)}
    assert text(page).count("data-signature-canvas") == 2
    answer = clerk.post(address("issue_parts", order), issuing(crew.technician, first.pk))
    assert answer["Location"] == TO_ISSUE
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.issued_to, second.issued_at) == (crew.technician, None)
    assert (stock(first)[0], stock(second)[0]) == (4, 5)
    slip = IssueSlip.objects.get()
    assert slip.paper.number in text(clerk.get(address("order", order)))
    assert clerk.get(reverse("paperwork:document", args=[slip.paper_id])).status_code == 200


@pytest.mark.clause("2.4.3.5")
@pytest.mark.parametrize("missing", ["drawn", "handed"])
def test_one_signature_is_not_enough(clerk, crew, missing):
    order = factories.dispatched(crew)
    line = order.part_lines.get()
    answer = clerk.post(address("issue_parts", order), issuing(crew.technician, line.pk, **{missing: ""}))
    assert list(wrong(answer, "form")) == [missing]
    assert f'value="{line.pk}" id="line-{line.pk}" checked' in text(answer)
    assert not IssueSlip.objects.exists()
    assert stock(line)[0] == 10


def test_a_signature_counts_only_for_the_lines_it_was_drawn_under(clerk, crew):
    order = with_team(crew, two_parts(crew))
    first, second = order.part_lines.order_by("pk")
    values = issuing(crew.technician, first.pk) | {"lines": [str(first.pk), str(second.pk)]}
    answer = clerk.post(address("issue_parts", order), values)
    assert wrong(answer, "form")["drawn"] == ["What is signed has changed; please sign again."]
    assert not IssueSlip.objects.exists()


def test_no_line_chosen_is_said(clerk, crew):
    order = factories.dispatched(crew)
    answer = clerk.post(address("issue_parts", order), issuing(crew.technician))
    assert wrong(answer, "form")["lines"] == ["Choose at least one part."]


def test_too_small_a_stock_is_said_on_the_page_and_nothing_is_handed_out(clerk, crew):
    order = factories.dispatched(crew, part_stock=0)
    line = order.part_lines.get()
    assert clerk.get(address("counter", order)).context["chosen"] == set()
    answer = clerk.post(address("issue_parts", order), issuing(crew.technician, line.pk))
    assert answer.status_code == 409
    assert "Only 0" in text(answer)
    line.refresh_from_db()
    assert line.issued_at is None


def test_the_form_sent_twice_hands_out_once(clerk, crew):
    order = factories.dispatched(crew)
    values = issuing(crew.technician, order.part_lines.get().pk)
    assert clerk.post(address("issue_parts", order), values).status_code == 302
    assert clerk.post(address("issue_parts", order), values).status_code in (409, 422)
    assert IssueSlip.objects.count() == 1


def test_parts_come_back_on_the_counters_page(clerk, crew):
    order = with_team(crew, two_parts(crew))
    issue_parts(order, to=crew.technician, by=crew.parts)
    line = order.part_lines.get(quantity=4)
    back = reverse("workorders:return_parts", args=[order.pk, drawn_of(line).pk])
    assert back in text(clerk.get(address("counter", order)))
    answer = clerk.post(back, {"quantity": "2", "reason": "多领", "needed": "no"}, follow=True)
    assert answer.redirect_chain == [(address("counter", order), 302)]
    assert "2 came back: 多领" in text(answer)
    assert stock(line)[0] == 3
    for wrong_one in [{"quantity": "0"}, {"reason": ""}, {"needed": ""}]:
        typed = {"quantity": "1", "reason": "多领", "needed": "no"} | wrong_one
        assert clerk.post(back, typed).status_code == 422
    answer = clerk.post(back, {"quantity": "3", "reason": "多领", "needed": "no"})
    assert answer.status_code == 409
    assert "More would come back" in text(answer)
    assert 'value="多领"' in text(answer)
    assert stock(line)[0] == 3


def test_what_is_unused_says_so_on_the_order(clerk, crew):
    order = with_team(crew, two_parts(crew))
    issue_parts(order, to=crew.technician, by=crew.parts)
    line = order.part_lines.get(quantity=4)
    parts.take_back(drawn_of(line), 4, reason="未使用", needed=False, by=crew.parts, at=TUESDAY_NINE)
    page = text(clerk.get(address("order", order)))
    assert "came back unused" in page
    assert "declined" not in re.sub(r'class="[^"]*"', "", page)


@pytest.mark.parametrize(
    ("name", "allowed"),
    [("counter", "parts"), ("issue_parts", "parts"), ("pick_parts", "parts"), ("request_parts", "technician")],
)
def test_another_role_or_another_store_is_refused(tuesday, crew, name, allowed):
    mine, theirs = factories.dispatched(crew), factories.dispatched(factories.Crew(factories.store("分店")))
    send = tuesday.get if name == "counter" else tuesday.post
    tuesday.force_login(crew.service_advisor)
    assert send(address(name, mine)).status_code == 403
    tuesday.force_login(getattr(crew, allowed))
    assert send(address(name, theirs)).status_code == 404


# One part


@pytest.mark.clause("F11")
def test_the_history_of_a_part_has_a_running_balance_and_its_slips(clerk, crew):
    order = factories.dispatched(crew, part_stock=3)
    line = order.part_lines.get()
    slip = issue_parts(order, to=crew.technician, by=crew.parts, at=TUESDAY_NINE + HOUR)
    receive(crew, line.part, 7, at=TUESDAY_NINE + 2 * HOUR)
    page = clerk.get(reverse("workorders:part", args=[line.part_id]))
    assert [(one.change, one.balance) for one, _slip in page.context["movements"]] == [(7, 9), (-1, 2), (3, 3)]
    assert [found for _one, found in page.context["movements"]] == [None, slip, None]
    assert slip.paper.number in text(page)


def test_the_page_of_a_part_says_for_which_cars_it_is_put_aside(clerk, crew):
    order = factories.signed(crew)
    part = order.part_lines.get().part
    page = clerk.get(reverse("workorders:part", args=[part.pk]))
    assert [(one.order, one.reservation.quantity) for one in page.context["kept"]] == [(order, 1)]
    assert order.visit.vehicle.plate_shown in text(page)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_of_a_part_takes_the_same_queries_however_long(clerk, crew, rows, django_assert_num_queries):
    order = factories.dispatched(crew, part_stock=9)
    line = order.part_lines.get()
    issue_parts(order, to=crew.technician, by=crew.parts)
    for n in range(rows):
        receive(crew, line.part, 1, reference=f"D-{n}")
        other = factories.draft(crew)
        PartLine.objects.filter(order=other).update(part=line.part)
        factories.sign(other, crew.service_advisor)
    with django_assert_num_queries(13):
        page = clerk.get(reverse("workorders:part", args=[line.part_id]))
    assert len(page.context["kept"]) == rows


def test_the_place_is_noted_and_stands_on_the_list(clerk, crew):
    order = factories.dispatched(crew)
    part = order.part_lines.get().part
    answer = clerk.post(reverse("catalogue:place", args=[part.pk]), {"place": " A-03-2 "})
    assert answer["Location"] == reverse("workorders:part", args=[part.pk])
    assert Stock.objects.get(part=part).place == "A-03-2"
    assert "A-03-2" in text(clerk.get(TO_ISSUE))
    assert clerk.post(reverse("catalogue:place", args=[part.pk]), {"place": "x" * 31}).status_code == 409


def test_the_ledger_is_the_stock_whatever_happens(crew):
    """Every way a part can go, one after the other: the sum of the ledger is the stock at each step."""
    order = with_team(crew, two_parts(crew))
    line = order.part_lines.get(quantity=4)

    def agrees():
        for shelf in Stock.objects.all():
            rows = shelf.part.movements.filter(store=shelf.store)
            assert sum(row.change for row in rows) == shelf.quantity >= 0

    issue_parts(order, to=crew.technician, by=crew.parts)
    agrees()
    parts.take_back(drawn_of(line), 1, reason="x", needed=True, by=crew.parts, at=TUESDAY_NINE)
    agrees()
    parts.take_back(drawn_of(line), 2, reason="x", needed=False, by=crew.parts, at=TUESDAY_NINE)
    agrees()
    issue_parts(order, to=crew.technician, by=crew.parts)
    receive(crew, line.part, 3)
    agrees()
    assert queries.issuable(order) == []
