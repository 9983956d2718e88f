"""From the check to the gate on its pages: what they show, keep and refuse, each in so many queries."""

from datetime import UTC

import pytest
from django.urls import reverse

from tests import factories
from tests.factories import TUESDAY_NINE
from tests.workorders.sheets import HOUR, address, showing, state_of, text, wrong
from workorders import head, queries
from workorders.models import ReadyNotice, ThingsReturned
from workorders.operations import ready


def as_(client, person):
    client.force_login(person)
    return client


def url(name, *args):
    return reverse(f"workorders:{name}", args=args)


def sheet(order, verdict="pass", **values):
    """What an inspector sends: everything in order, and his signature."""
    marks = {f"mark-{one.key}": "ok" for one in queries.quality.asked_of(order)}
    return marks | {"verdict": verdict, "signature": factories.signature_data_url()} | values


@pytest.fixture
def inspector(tuesday, crew):
    return as_(tuesday, crew.quality_inspector)


# The check sheet


@pytest.mark.clause("2.5.4")
def test_a_sheet_without_signature_passes_nothing_and_keeps_what_was_marked(inspector, crew):
    order = factories.finished(crew)
    key = queries.quality.asked_of(order)[0].key
    answer = inspector.post(address("check", order), sheet(order, signature="", **{f"mark-{key}": "not_ok"}))
    assert {"signature", f"words-{key}"} <= set(wrong(answer, "form"))
    assert f'value="not_ok" id="id_mark-{key}_1" checked' in text(answer)
    assert state_of(order) == "finished"


@pytest.mark.clause("2.5.1")
@pytest.mark.clause("3.4.1.1")
def test_the_inspector_drives_and_passes_the_car(inspector, crew):
    order = factories.finished(crew)
    answer = inspector.post(address("check", order), sheet(order))
    assert "Drive the car, or write down why it was not driven." in text(answer)
    km = order.visit.mileage
    answer = inspector.post(address("drive_out", order), {"km": km - 1})
    assert (answer.status_code, "km already" in text(answer)) == (422, True)
    assert inspector.post(address("drive_out", order), {"km": km})["Location"] == address("check", order)
    drive = order.test_drives.get()
    answer = inspector.post(url("drive_back", drive.pk), {"km": km + 2, "ok": "no", "result": ""})
    assert (answer.status_code, "what the drive showed" in text(answer)) == (422, True)
    assert inspector.post(url("drive_back", drive.pk), {"km": km + 2, "ok": "yes"})["Location"] == address(
        "check", order
    )
    assert inspector.post(address("check", order), sheet(order))["Location"] == reverse("workorders:board")
    assert state_of(order) == "passed"
    paper = order.checks.get().sheet
    assert paper.number in text(
        as_(inspector, crew.service_advisor).get(reverse("paperwork:document", args=[paper.pk]))
    )


@pytest.mark.clause("2.5.3")
def test_a_failed_sheet_says_what_and_how_long(inspector, crew):
    order = factories.finished(crew)
    answer = inspector.post(address("check", order), sheet(order, "fail"))
    assert set(wrong(answer, "form")) == {"findings", "minutes"}
    key = queries.quality.asked_of(order)[0].key
    said = sheet(order, "fail", minutes="20", **{f"mark-{key}": "not_ok", f"words-{key}": "渗油"})
    assert inspector.post(address("check", order), said).status_code == 302
    assert state_of(order) == "rework"
    page = text(as_(inspector, crew.technician).get(address("job", order)))
    assert "渗油" in page
    item = order.rework_items.get()
    factories.clock_on(order, crew.technician)
    assert inspector.post(url("rework_done", item.pk), {"words": "更换垫圈"})["Location"] == address("job", order)
    assert "更换垫圈" in text(inspector.get(address("job", order)))


def test_points_not_marked_are_in_order_where_the_inspector_says_so(inspector, crew):
    order = factories.finished(crew)
    factories.drive_it(order, crew.quality_inspector)
    bare = {"verdict": "pass", "signature": factories.signature_data_url()}
    assert set(wrong(inspector.post(address("check", order), bare), "form")) == {"rest_ok"}
    assert inspector.post(address("check", order), bare | {"rest_ok": "on"}).status_code == 302
    assert order.checks.get().points.filter(mark="ok").count() == len(queries.quality.asked_of(order))


def test_the_rest_is_in_order_says_nothing_of_what_failed_before(inspector, crew):
    order = factories.finished(crew)
    factories.inspect(order, crew, "渗油")
    factories.put_right(order, crew)
    factories.drive_it(order, crew.quality_inspector)
    failed = next(one for one in queries.quality.asked_of(order) if one.again)
    rest = {"verdict": "pass", "signature": factories.signature_data_url(), "rest_ok": "on"}
    answer = inspector.post(address("check", order), rest)
    assert list(wrong(answer, "form")) == [f"words-{failed.key}"]
    assert "was not in order" in text(answer)
    assert inspector.post(address("check", order), rest | {f"mark-{failed.key}": "ok"}).status_code == 302
    assert order.checks.last().passed


def test_putting_right_says_what_was_done_beside_the_field(inspector, crew):
    order = factories.finished(crew)
    factories.inspect(order, crew, "渗油")
    item = order.rework_items.get()
    as_(inspector, crew.technician)
    assert url("rework_done", item.pk) not in text(inspector.get(address("job", order)))  # begun first
    factories.clock_on(order, crew.technician)
    answer = inspector.post(url("rework_done", item.pk), {"words": " "})
    assert (answer.status_code, "Write down what was done." in text(answer)) == (422, True)
    item.refresh_from_db()
    assert item.done_at is None


def test_after_closing_the_pickup_is_offered_for_the_next_day(tuesday, crew, time_machine):
    order = factories.made_ready(crew)
    time_machine.move_to(TUESDAY_NINE.replace(hour=21, minute=40).astimezone(UTC), tick=False)
    as_(tuesday, crew.service_advisor)
    offered = tuesday.get(address("tell_ready", order)).context["form"]["pickup_at"].value()
    offered = offered.replace(tzinfo=crew.store.zone)
    assert head.undeliverable(crew.store, offered, TUESDAY_NINE.replace(hour=21, minute=40)) == ""
    assert offered.date() > TUESDAY_NINE.date()


def test_who_may_not_check_this_car_reads_why(tuesday, crew):
    order = factories.finished(crew)
    crew.technician.groups.add(*crew.quality_inspector.groups.all())
    as_(tuesday, crew.technician)
    assert "somebody else has to check it" in text(tuesday.get(address("check", order)))
    answer = tuesday.post(address("check", order), sheet(order, not_driven="雨"))
    assert "somebody else has to check it" in text(answer)


def test_the_re_check_is_countersigned_on_the_order(tuesday, crew):
    order = factories.finished(crew)
    factories.inspect(order, crew, "渗油")
    factories.put_right(order, crew)
    check = factories.inspect(order, crew)
    assert "not countersigned yet" in text(as_(tuesday, crew.service_advisor).get(address("order", order)))
    as_(tuesday, crew.foreman)
    assert url("countersign", check.pk) in text(tuesday.get(address("order", order)))
    assert tuesday.post(url("countersign", check.pk)).status_code == 302
    assert crew.foreman.full_name in text(tuesday.get(address("order", order)))
    assert tuesday.post(url("countersign", check.pk)).status_code == 409


# Wash, last look, damage


LOOK = dict.fromkeys(
    ["work_done", "old_parts_here", "interior_cleaned", "no_dust", "no_oil", "no_grease", "nothing_left"], "on"
) | {"exterior": "as_on_form"}  # fmt: skip


def looking(order, **values):
    faults = {"faults": [str(one.pk) for one in order.visit.complaints.all()]}
    return LOOK | faults | {"verdict": "ready"} | values


def test_the_technician_washes_and_the_advisor_looks(tuesday, crew):
    order = factories.passed(crew)
    factories.bring_back(order, crew)
    as_(tuesday, crew.service_advisor)
    assert "The car is not washed since" in text(tuesday.get(address("final_check", order)))
    answer = tuesday.post(address("final_check", order), looking(order))
    assert (answer.status_code, "The car is not washed since" in text(answer)) == (422, True)
    as_(tuesday, crew.technician).post(address("wash", order))
    as_(tuesday, crew.service_advisor)
    answer = tuesday.post(address("final_check", order), looking(order, no_dust=""))
    assert (answer.status_code, "dust left" in text(answer)) == (422, True)
    assert 'name="no_oil" id="id_no_oil" checked' in text(answer)
    assert tuesday.post(address("final_check", order), looking(order))["Location"] == address("tell_ready", order)
    assert state_of(order) == "ready"


@pytest.mark.parametrize(("verdict", "state", "field"), [
    ("wash", "passed", "words"), ("workshop", "rework", "words"), ("damage", "passed", "words"),
])  # fmt: skip
def test_what_is_not_right_is_said_in_words(tuesday, crew, verdict, state, field):
    order = factories.washed(crew)
    as_(tuesday, crew.service_advisor)
    answer = tuesday.post(address("final_check", order), {"verdict": verdict})
    assert list(wrong(answer, "form")) == [field]
    line = order.labour_lines.get()
    answer = tuesday.post(address("final_check", order), {"verdict": verdict, "words": "左前门", "line": line.pk})
    assert answer["Location"] == address("order", order)
    assert state_of(order) == state


@pytest.mark.clause("2.4.6.2")
def test_the_manager_decides_about_damage_on_the_order(tuesday, crew):
    order = factories.washed(crew)
    incident = ready.report_damage(order, words="右后门划痕", by=crew.service_advisor, at=TUESDAY_NINE)
    assert url("decide_incident", incident.pk) not in text(
        as_(tuesday, crew.service_advisor).get(address("order", order))
    )
    as_(tuesday, crew.after_sales_manager)
    assert "右后门划痕" in text(tuesday.get(address("order", order)))
    answer = tuesday.post(url("decide_incident", incident.pk), {"decision": ""})
    assert (answer.status_code, "what is done about it" in text(answer)) == (422, True)
    assert tuesday.post(url("decide_incident", incident.pk), {"decision": "抛光"}).status_code == 302
    assert "抛光" in text(tuesday.get(address("order", order)))


def test_a_car_goes_back_from_the_walk_with_words(tuesday, crew):
    order = factories.handed_over(crew)
    as_(tuesday, crew.service_advisor)
    answer = tuesday.post(address("send_back", order), {"words": " "})
    assert (answer.status_code, "what is not right" in text(answer)) == (422, True)
    tuesday.post(address("send_back", order), {"words": "空调不制冷"})
    assert state_of(order) == "rework"


# Telling the customer


@pytest.mark.clause("2.6.3.2")
def test_the_call_keeps_what_was_typed_and_asks_for_a_time(tuesday, crew):
    order = factories.made_ready(crew)
    as_(tuesday, crew.service_advisor)
    page = text(tuesday.get(address("tell_ready", order)))
    assert "¥199.00" in page
    assert 'value="2026-11-24T10:30"' in page  # ten, and half an hour
    answer = tuesday.post(address("tell_ready", order), {"result": "told", "spoke_to": "", "words": "晚点到"})
    assert set(wrong(answer, "form")) == {"spoke_to", "pickup_at"}
    assert "晚点到" in text(answer)
    said = {"result": "told", "spoke_to": "王建国", "channel": "phone", "pickup_at": "2026-11-24T22:00"}
    assert list(wrong(tuesday.post(address("tell_ready", order), said), "form")) == ["pickup_at"]
    assert tuesday.post(address("tell_ready", order), said | {"pickup_at": "2026-11-24T15:00"}).status_code == 302
    assert ReadyNotice.objects.get().pickup_at.astimezone(TUESDAY_NINE.tzinfo).hour == 15
    assert "15:00" in text(tuesday.get(address("order", order)))


def test_a_customer_who_stands_here_is_told_with_one_tap(tuesday, crew):
    order = factories.made_ready(crew)
    as_(tuesday, crew.service_advisor)
    assert tuesday.post(address("tell_ready", order), {"result": "here", "spoke_to": "王建国"}).status_code == 302
    notice = ReadyNotice.objects.get()
    assert (notice.channel, notice.result, notice.pickup_at) == ("in_person", "told", TUESDAY_NINE + HOUR)
    assert tuesday.get(address("hand_over", order)).status_code == 200


def test_the_walk_leads_to_the_call_where_nobody_called(tuesday, crew):
    order = factories.made_ready(crew)
    as_(tuesday, crew.service_advisor)
    assert tuesday.get(address("hand_over", order))["Location"] == address("tell_ready", order)


@pytest.mark.clause("2.6.3.3")
def test_only_the_manager_is_asked_why_in_the_peak(tuesday, crew):
    order = factories.made_ready(crew)
    type(order).objects.filter(pk=order.pk).update(order_class="accident")
    said = {"result": "told", "spoke_to": "王建国", "channel": "phone", "pickup_at": "2026-11-24T16:45"}
    as_(tuesday, crew.service_advisor)
    page = text(tuesday.get(address("tell_ready", order)))
    assert ("16:30-18:00" in page, "peak_reason" in page) == (True, False)
    assert "peak hours" in wrong(tuesday.post(address("tell_ready", order), said), "form")["pickup_at"][0]
    as_(tuesday, crew.after_sales_manager)
    assert "peak_reason" in text(tuesday.get(address("tell_ready", order)))
    assert tuesday.post(address("tell_ready", order), said | {"peak_reason": "赶飞机"}).status_code == 302


# The walk, questions, what goes back


@pytest.mark.clause("2.6.4.2")
def test_both_forms_stand_beside_each_other_at_the_car(tuesday, crew):
    order = factories.told(crew)
    page = text(as_(tuesday, crew.service_advisor).get(address("hand_over", order)))
    for words in ("刹车有异响", order.labour_lines.get().description, order.part_lines.get().description):
        assert words in page
    assert "left front door" in page  # from the reception form


@pytest.mark.clause("3.5.2.2")
def test_a_question_goes_to_the_workshop_and_back(tuesday, crew):
    order = factories.handed_over(crew)
    as_(tuesday, crew.service_advisor)
    assert list(wrong(tuesday.post(address("ask_question", order), {"words": ""}), "question_form")) == ["words"]
    tuesday.post(address("ask_question", order), {"words": "为何换了连杆？", "to_workshop": "on"})
    question = order.questions.get()
    page = text(as_(tuesday, crew.foreman).get(address("order", order)))
    assert url("answer_question", question.pk) in page
    answer = tuesday.post(url("answer_question", question.pk), {"answer": ""})
    assert (answer.status_code, "Write down the answer" in text(answer)) == (422, True)
    tuesday.post(url("answer_question", question.pk), {"answer": "球头松旷"})
    assert "球头松旷" in text(as_(tuesday, crew.service_advisor).get(address("order", order)))


@pytest.mark.clause("2.6.9.1")
def test_what_was_received_is_ticked_back(tuesday, crew):
    order = factories.settled(crew)
    as_(tuesday, crew.service_advisor)
    assert 'name="things"' not in text(tuesday.get(address("order", order)))  # he pays first
    factories.pay(order, crew)
    assert text(tuesday.get(address("order", order))).count('name="things"') == 4
    answer = tuesday.post(address("give_back", order), {"things": ["key"]})
    assert (answer.status_code, "everything back" in text(answer)) == (422, True)
    tuesday.post(address("give_back", order), {"things": ["key", "licence", "booklet", "old_parts"]})
    assert ThingsReturned.objects.get().by == crew.service_advisor
    page = text(tuesday.get(address("order", order)))
    assert ('name="things"' in page, "has the key back since" in page) == (False, True)


@pytest.mark.clause("3.5.3.2")
def test_the_next_appointment_is_asked_for(tuesday, crew):
    order = factories.told(crew)
    as_(tuesday, crew.service_advisor)
    said = showing(order=order) | {"next_visit": "none"}
    assert list(wrong(tuesday.post(address("hand_over", order), said), "form")) == ["next_visit_words"]
    tuesday.post(address("hand_over", order), said | {"next_visit_words": "要出国"})
    page = text(tuesday.get(address("order", order)))
    assert "要出国" in page
    assert f"?vehicle={order.visit.vehicle_id}" in page


@pytest.mark.clause("C8")
def test_the_time_for_calls_asked_at_the_car_stands_in_the_settlement(tuesday, crew):
    order = factories.told(crew)
    as_(tuesday, crew.service_advisor)
    said = showing(order=order) | {"call_from": "19:00", "call_until": "20:00"}
    tuesday.post(address("hand_over", order), said)
    page = text(tuesday.get(address("order", order)))
    assert 'value="19:00"' in page
    assert 'value="20:00"' in page


@pytest.mark.parametrize(("name", "state", "role"), [
    ("check", "finished", "quality_inspector"), ("final_check", "washed", "service_advisor"),
    ("tell_ready", "made_ready", "service_advisor"), ("hand_over", "told", "service_advisor"),
])  # fmt: skip
def test_each_page_takes_the_same_queries_however_much_is_on_the_order(
    tuesday, crew, name, state, role, django_assert_max_num_queries
):
    order = getattr(factories, state)(crew)
    as_(tuesday, getattr(crew, role))
    counts = []
    for _again in range(2):
        with django_assert_max_num_queries(31) as asked:
            assert tuesday.get(address(name, order)).status_code == 200
        counts.append(len(asked))
        for _more in range(2):
            order.labour_lines.create(
                operation=factories.operation(), description="加项", hours=1, rate_fen=100, amount_fen=100,
                done_at=TUESDAY_NINE,
            )  # fmt: skip
            order.part_lines.create(
                part=factories.part(crew.store), description="加件", quantity=1, unit_price_fen=100, amount_fen=100,
                issued_at=TUESDAY_NINE,
            )  # fmt: skip
    assert counts[0] == counts[1]
