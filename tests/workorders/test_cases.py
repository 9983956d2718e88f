"""Cases put before the manufacturer: blocked until answered, and who pays then."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from dealership import workflow
from dealership.workflow import NotAllowed
from tests import factories
from tests.factories import TUESDAY_NINE
from tests.workorders.sheets import HOUR, text
from tests.workorders.test_diagnosis import at_team, begin
from tests.workorders.test_lines import repair, told
from workorders import queries
from workorders.models import ManufacturerCase, WorkOrder
from workorders.operations import cases, diagnosis, lines, work, writeup
from workorders.states import CASE_TRANSITIONS, CaseState

LATER = TUESDAY_NINE + 2 * HOUR


def unclear(crew, *, more=False):
    """An order with the team whose repair (199.00 with its part) stays unclear after the diagnosis."""
    order, line = repair(crew)
    lines.say_fault(line, fault="determined", **told(crew))
    lines.decide_warranty(line, warranty="unclear", reason="要拆检", **told(crew))
    if more:
        writeup.add_labour(order, operation=factories.operation(), complaint=None, **told(crew))
    order = at_team(order, crew)
    diagnosis.record(line, diagnosis="轴承磨损", by=crew.technician, at=TUESDAY_NINE)
    return order, line


def opened(crew, **details):
    order, line = unclear(crew, **details)
    return order, line, cases.open_case(line, situation="行驶异响", by=crew.service_advisor, at=TUESDAY_NINE)


def submitted(crew, **details):
    order, line, case = opened(crew, **details)
    cases.submit(case, situation="行驶异响，2万公里", diagnosis="轴承磨损", by=crew.claims, at=TUESDAY_NINE)
    return order, line, case


def answered(crew, outcome, **facts):
    order, line, case = submitted(crew)
    cases.answer(case, outcome=outcome, **facts, by=crew.claims, at=LATER)
    line.refresh_from_db()
    return WorkOrder.objects.get(pk=order.pk), line, case


@pytest.mark.clause("2.2.4.4")
@pytest.mark.clause("F13")
def test_while_the_case_is_open_the_work_does_not_start_and_approved_the_manufacturer_pays(crew):
    crew.store.manufacturer = "一汽轿车服务部"
    crew.store.save()
    order, line, case = submitted(crew)
    with pytest.raises(NotAllowed, match="检查前制动"):
        begin(order, crew)
    cases.answer(case, outcome="approved", approval_number="FAW-77", text="同意索赔", by=crew.claims, at=LATER)
    case.refresh_from_db()
    assert (case.manufacturer, case.situation, case.submitted_by, case.submitted_at) == (
        "一汽轿车服务部", "行驶异响，2万公里", crew.claims, TUESDAY_NINE,
    )  # fmt: skip
    assert (case.state, case.approval_number, case.answered_at) == ("approved", "FAW-77", LATER)
    begin(order, crew)
    line.refresh_from_db()
    assert (line.warranty, line.payer) == ("in", "manufacturer")
    assert queries.totals(WorkOrder.objects.get(pk=order.pk)).by_payer == {"manufacturer": 19900}


def test_approved_in_part_the_customer_is_asked_about_the_rest(crew):
    order, line, _case = answered(crew, "partly", approval_number="FAW-78", amount_fen=10000)
    assert line.decision == "asked"
    with pytest.raises(NotAllowed):
        begin(order, crew)
    lines.decide(line, accepted=True, **told(crew))
    total = queries.totals(WorkOrder.objects.get(pk=order.pk))
    assert total.by_payer == {"manufacturer": 10000, "customer": 9900}
    begin(order, crew)


def test_rejected_the_customer_pays_if_he_still_wants_it(crew):
    order, line, _case = answered(crew, "rejected")
    assert (line.warranty, line.payer, line.decision) == ("out", "customer", "asked")
    with pytest.raises(NotAllowed):
        begin(order, crew)
    lines.decide(line, accepted=False, reason="自费不修", **told(crew))
    work.finish(order, by=crew.technician, at=LATER)


@pytest.mark.parametrize(("outcome", "facts"), [("approved", {}), ("partly", {"approval_number": "1"})])
def test_an_approval_has_a_number_and_a_part_has_an_amount(crew, outcome, facts):
    _order, _line, case = submitted(crew)
    with pytest.raises(NotAllowed):
        cases.answer(case, outcome=outcome, **facts, by=crew.claims, at=LATER)
    assert ManufacturerCase.objects.get().state == "submitted"
    with pytest.raises(IntegrityError), transaction.atomic():
        ManufacturerCase.objects.update(state=outcome, answered_at=LATER)


def test_a_case_needs_an_unclear_warranty_after_the_diagnosis_and_is_opened_once(crew):
    order, line = repair(crew)
    lines.say_fault(line, fault="determined", **told(crew))
    lines.decide_warranty(line, warranty="unclear", reason="要拆检", **told(crew))
    at_team(order, crew)
    facts = {"situation": "异响", "by": crew.service_advisor, "at": TUESDAY_NINE}
    with pytest.raises(NotAllowed):
        cases.open_case(line, **facts)
    diagnosis.record(line, diagnosis="轴承磨损", by=crew.technician, at=TUESDAY_NINE)
    first = cases.open_case(line, **facts)
    assert cases.open_case(line, **facts) == first
    with pytest.raises(NotAllowed):
        lines.decide_warranty(line, warranty="in", **told(crew))
    clear = factories.signed(crew).labour_lines.get()
    with pytest.raises(NotAllowed):
        cases.open_case(clear, **facts)


def test_diagnosed_and_still_unclear_waits_too_until_somebody_decides(crew):
    order, line = unclear(crew)
    with pytest.raises(NotAllowed):
        begin(order, crew)
    lines.decide_warranty(line, warranty="in", **told(crew))
    begin(order, crew)


def test_decided_against_the_customer_after_the_diagnosis_he_is_asked(crew):
    order, line = unclear(crew)
    lines.decide_warranty(line, warranty="out", **told(crew))
    with pytest.raises(NotAllowed):
        begin(order, crew)
    lines.decide(line, accepted=True, **told(crew))
    begin(order, crew)


def test_other_work_goes_on_but_is_not_finished_and_no_part_of_the_case_is_handed_out(crew):
    order, _line, _case = submitted(crew, more=True)
    begin(order, crew)
    assert queries.issuable(order) == []
    with pytest.raises(NotAllowed, match="检查前制动"):
        work.finish(order, by=crew.technician, at=LATER)


@pytest.mark.parametrize("step", CASE_TRANSITIONS, ids=lambda step: step.name)
def test_transition(crew, step):
    *_rest, case = submitted(crew)
    facts = {"approval_number": "1", "amount_fen": 1, "answered_at": LATER}
    for state in CaseState.values:
        ManufacturerCase.objects.filter(pk=case.pk).update(state=state, **facts)
        case.refresh_from_db()
        if state in step.sources:
            with pytest.raises(NotAllowed):
                workflow.move(case, step, by=crew.cashier, at=LATER)
            workflow.move(case, step, by=crew.claims, at=LATER)
            last = case.moves.last()
            assert (case.state, last.from_state, last.to_state, last.by) == (
                step.target,
                state,
                step.target,
                crew.claims,
            )
        else:
            with pytest.raises(NotAllowed):
                workflow.move(case, step, by=crew.claims, at=LATER)


def test_the_claims_clerk_submits_and_notes_the_answer(tuesday, crew):
    order, line = unclear(crew)
    examine = reverse("workorders:examine", args=[order.pk, line.pk])
    assert "Open a case" in text(tuesday.get(examine))
    opening = reverse("workorders:open_case", args=[order.pk, line.pk])
    assert tuesday.post(opening, {"situation": " "}).status_code == 422
    tuesday.post(opening, {"situation": "行驶异响"})
    case = ManufacturerCase.objects.get()
    page, submit, answer = (
        reverse(f"workorders:{name}", args=[case.pk]) for name in ["case", "submit_case", "answer_case"]
    )
    assert submit not in text(tuesday.get(page))  # the advisor looks on
    tuesday.force_login(crew.claims)
    assert page in text(tuesday.get(reverse("workorders:cases")))
    assert submit in text(tuesday.get(page))
    wrong = tuesday.post(submit, {"situation": "行驶异响", "diagnosis": ""})
    assert (wrong.status_code, list(wrong.context["submit_form"].errors)) == (422, ["diagnosis"])
    assert tuesday.post(submit, {"situation": "行驶异响", "diagnosis": "轴承磨损"})["Location"] == page
    assert tuesday.post(submit, {"situation": "x", "diagnosis": "x"}).status_code == 409
    wrong = tuesday.post(answer, {"outcome": "partly", "approval_number": "", "text": "同意一半"})
    assert (wrong.status_code, sorted(wrong.context["answer_form"].errors)) == (422, ["amount_fen", "approval_number"])
    assert "同意一半" in text(wrong)
    given = {"outcome": "partly", "approval_number": "FAW-9", "amount_fen": "100.50"}
    assert tuesday.post(answer, given)["Location"] == page
    assert tuesday.post(answer, given).status_code == 409
    line.refresh_from_db()
    assert line.share_fen == 10050
    assert "FAW-9" in text(tuesday.get(page))


def test_another_stores_case_is_not_found(tuesday, crew):
    *_rest, theirs = opened(factories.Crew(factories.store("分店")))
    tuesday.force_login(crew.claims)
    assert tuesday.get(reverse("workorders:case", args=[theirs.pk])).status_code == 404
    assert reverse("workorders:case", args=[theirs.pk]) not in text(tuesday.get(reverse("workorders:cases")))


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_cases_takes_six_queries(tuesday, crew, count, django_assert_num_queries):
    for _one in range(count):
        opened(crew)
    tuesday.force_login(crew.claims)
    with django_assert_num_queries(6):
        assert text(tuesday.get(reverse("workorders:cases"))).count("检查前制动") == count
