"""Every form of an order, seen by the wrong person, from the wrong store, or too late."""

import pytest
from django.utils import translation

from dealership.paperwork.models import IssuedDocument
from dealership.workflow import NotAllowed
from tests import factories
from tests.factories import TUESDAY_NINE
from tests.workorders.sheets import HOUR, address, settling, showing, signing, state_of, text
from workorders.models import WorkOrder
from workorders.operations import dispatch
from workorders.states import State

HOLDERS = {
    "add_labour": "service_advisor",
    "add_part": "service_advisor",
    "remove_line": "service_advisor",
    "save_head": "service_advisor",
    "sign": "service_advisor",
    "revise": "service_advisor",
    "give_copies": "service_advisor",
    "cancel": "service_advisor",
    "dispatch": "foreman",
    "recall": "foreman",
    "issue_parts": "parts",
    "pick_parts": "parts",
    "request_parts": "technician",
    "finish": "technician",
    "check": "quality_inspector",
    "wash": "technician",
    "final_check": "service_advisor",
    "tell_ready": "service_advisor",
    "send_back": "service_advisor",
    "hand_over": "service_advisor",
    "settle": "service_advisor",
    "give_discount": "service_advisor",
    "approve_price": "after_sales_manager",
    "reverse": "after_sales_manager",
}


@pytest.mark.parametrize(("name", "role"), HOLDERS.items())
def test_another_stores_order_is_not_found_and_a_wrong_role_is_refused(sent, crew, name, role):
    mine, theirs = factories.signed(crew), factories.signed(factories.Crew(factories.store("分店")))
    assert sent(theirs, name, getattr(crew, role)).status_code == 404
    assert sent(mine, name, crew.claims).status_code == 403
    assert (state_of(mine), state_of(theirs)) == ("signed", "signed")


LATE = [
    ("add_labour", "signed", "service_advisor", {"operation": "x"}),
    ("add_part", "signed", "service_advisor", {"part": "x"}),
    ("remove_line", "signed", "service_advisor", {}),
    ("save_head", "signed", "service_advisor", {"payment_method": "card"}),
    ("revise", "dispatched", "service_advisor", {"reason": "x"}),
    ("sign", "signed", "service_advisor", signing()),
    ("sign", "dispatched", "service_advisor", signing(told="")),
    ("cancel", "finished", "service_advisor", {"reason": "x"}),
    ("dispatch", "dispatched", "foreman", {}),
    ("recall", "in_progress", "foreman", {}),
    ("finish", "finished", "technician", {}),
    ("check", "passed", "quality_inspector", {"verdict": "pass"}),
    ("wash", "ready", "technician", {}),
    ("final_check", "ready", "service_advisor", {"verdict": "ready"}),
    ("send_back", "settled", "service_advisor", {"words": "异响"}),
    ("tell_ready", "handed_over", "service_advisor", {"result": "here"}),
    ("hand_over", "handed_over", "service_advisor", showing()),
    ("settle", "settled", "service_advisor", settling()),
    ("reverse", "handed_over", "after_sales_manager", {"why_reversed": "x"}),
]


@pytest.mark.parametrize(
    ("name", "state", "role", "values"), LATE, ids=lambda value: value if value == str(value) else ""
)
@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "{who} moved this to “{state}” 1 hour ago."), ("zh-hans", "{who}在1小时前已将状态改为“{state}”。")],
)
def test_a_stale_form_is_told_who_moved_the_order_where(tuesday, crew, name, state, role, values, language, sentence):
    order = (factories.made_ready if state == "ready" else getattr(factories, state))(crew)
    tuesday.force_login(getattr(crew, role))
    answer = tuesday.post(address(name, order), values, headers={"Accept-Language": language})
    assert answer.status_code == 409
    with translation.override(language):
        told = sentence.format(who=order.moves.last().by.full_name, state=State(state).label)
    assert told in text(answer)
    assert state_of(order) == state


def test_two_advisors_signing_one_order_issue_one_paper(sent, crew):
    """Both pages were open before either was signed."""
    order = factories.draft(crew)
    stale = WorkOrder.objects.get(pk=order.pk)
    sent(order, "sign", **signing())
    with pytest.raises(NotAllowed, match=crew.service_advisor.full_name):
        factories.sign(stale, crew.service_advisor, TUESDAY_NINE + HOUR)
    assert IssuedDocument.objects.filter(number=order.number).count() == 1


def test_who_loses_a_race_is_told_so_too(sent, crew, monkeypatch):
    """Somebody else takes the car back between this request's look at the order and its act."""
    order, recall = factories.dispatched(crew), dispatch.recall

    def recall_second(late, **facts):
        recall(WorkOrder.objects.get(pk=late.pk), **facts | {"by": crew.foreman})
        recall(late, **facts)

    monkeypatch.setattr(dispatch, "recall", recall_second)
    answer = sent(order, "recall", crew.dispatcher)
    assert answer.status_code == 409
    assert f"{crew.foreman.full_name} moved this to" in text(answer)
