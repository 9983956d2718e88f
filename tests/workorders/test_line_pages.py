"""The rows of the lines on the page: one tap each, a reason where a tap needs one, and nothing typed is lost."""

import pytest
from django.urls import reverse
from django.utils import translation

from dealership.workflow import NotAllowed
from tests import factories
from tests.workorders.sheets import address, signing, state_of, text
from tests.workorders.test_lines import repair, told
from workorders import documents, queries
from workorders.models import WorkOrder
from workorders.operations import lines, writeup

ASKING = 'class="said"'  # the choices of a line that is asked about lie open below it


@pytest.fixture
def say(tuesday):
    """Return a function that taps one row of an order."""

    def tap(line, act, **values):
        kind = line._meta.model_name.removesuffix("line").replace("labour", "say_labour").replace("part", "say_part")
        return tuesday.post(reverse(f"workorders:{kind}", args=[line.order_id, line.pk, act]), values)

    return tap


def test_a_repair_is_written_up_tap_by_tap_and_signed(tuesday, sent, say, crew):
    order, line = repair(crew)
    page = text(tuesday.get(address("order", order)))
    assert ASKING in page
    answer = say(line, "fault", fault="determined")
    assert answer["Location"] == f"{address('order', order)}#labour-{line.pk}"
    say(line, "warranty", warranty="out")
    say(line, "payer", payer="goodwill")
    part = order.part_lines.get()
    assert say(part, "payer", payer="customer")["Location"].endswith(f"#part-{part.pk}")
    seen = queries.mark_of(WorkOrder.objects.get(pk=order.pk))
    assert f'value="{seen}"' in text(tuesday.get(address("order", order)))
    say(line, "confirmed")
    assert tuesday.post(reverse("workorders:confirm_all", args=[order.pk]), {"seen": seen}).status_code == 302
    page = text(tuesday.get(address("order", order)))
    assert "All read out and confirmed" not in page
    assert ASKING not in page
    order.refresh_from_db()
    assert sent(order, "sign", **signing()).status_code == 302
    order.refresh_from_db()
    assert (order.state, queries.totals(order).by_payer) == ("signed", {"goodwill": 15000, "customer": 4900})


def test_a_maintenance_order_asks_for_one_tap_and_has_its_rows_folded(tuesday, crew):
    order = factories.draft(crew)
    order.labour_lines.update(confirmed_at=None)
    page = text(tuesday.get(address("order", order)))
    assert ASKING not in page
    assert "All read out and confirmed" in page


@pytest.mark.clause("2.2.4.3")
def test_unclear_without_a_reason_is_refused_beside_its_field(say, crew):
    _order, line = repair(crew)
    answer = say(line, "warranty", warranty="unclear", reason=" ")
    assert answer.status_code == 422
    assert "Write down the reason you tell the customer." in text(answer)
    line.refresh_from_db()
    assert line.warranty == ""
    assert say(line, "warranty", warranty="unclear", reason="要拆检").status_code == 302


def test_a_decline_without_a_reason_is_refused_beside_its_field(say, crew):
    order = factories.draft(crew)
    part = order.part_lines.get()
    for line in [order.labour_lines.get(), part]:
        answer = say(line, "decision", decision="declined", reason="")
        assert answer.status_code == 422
        assert "Write down why the customer does not want it." in text(answer)
    too_long = say(part, "decision", decision="declined", reason="贵" * 301)
    assert too_long.status_code == 422
    assert "贵" * 301 in text(too_long)


@pytest.mark.clause("3.2.4.1")
def test_a_declined_line_is_struck_and_can_come_back(tuesday, say, crew):
    order, line = repair(crew)
    say(line, "decision", decision="declined", reason="太贵")
    page = text(tuesday.get(address("order", order)))
    assert f'id="labour-{line.pk}" class="declined"' in page
    assert page.count("太贵") == 2  # the work and its part
    say(line, "decision", decision="accepted")
    assert 'class="declined"' not in text(tuesday.get(address("order", order)))


@pytest.mark.parametrize(
    ("act", "values"),
    [
        ("fault", {"fault": "broken"}),
        ("warranty", {"warranty": "maybe"}),
        ("payer", {"payer": "nobody"}),
        ("decision", {"decision": "asked"}),
    ],
)
def test_what_no_button_says_is_refused(say, crew, act, values):
    _order, line = repair(crew)
    assert say(line, act, **values).status_code == 422


def test_what_came_onto_the_order_meanwhile_is_not_confirmed(tuesday, crew):
    order, _line = repair(crew)
    answer = tuesday.post(reverse("workorders:confirm_all", args=[order.pk]), {"seen": "old"})
    assert answer.status_code == 409
    assert not order.labour_lines.exclude(confirmed_at=None).exists()


def test_after_the_signature_a_tap_is_told_so(say, crew):
    order = factories.signed(crew)
    answer = say(order.labour_lines.get(), "payer", payer="goodwill")
    assert answer.status_code == 409
    assert "The customer has signed this order" in text(answer)


def test_lines_of_another_order_or_store_are_not_found(tuesday, say, crew):
    mine, theirs = factories.draft(crew), factories.draft(factories.Crew(factories.store("分店")))
    line = theirs.labour_lines.get()
    assert say(line, "payer", payer="goodwill").status_code == 404
    url = reverse("workorders:say_labour", args=[mine.pk, line.pk, "payer"])
    assert tuesday.post(url, {"payer": "goodwill"}).status_code == 404


@pytest.mark.clause("F7")
def test_the_paper_names_payer_and_warranty_and_keeps_the_declined_apart(crew):
    order, line = repair(crew)
    lines.decide_warranty(line, warranty="in", **told(crew))
    lines.say_fault(line, fault="determined", **told(crew))
    lines.decide(order.part_lines.get(), accepted=False, reason="自己有", **told(crew))
    with translation.override("en"):
        labour, parts, declined = documents.lines(queries.whole(WorkOrder.objects.filter(pk=order.pk)).get())
    [row] = labour["rows"]
    assert ("manufacturer" in row[3], "in warranty" in row[3], row[4]) == (True, True, "¥150.00")
    assert parts["rows"] == []
    assert parts["totals"][-1][1] == "¥150.00"
    assert declined["rows"] == [["机油滤清器", "自己有"]]
    assert state_of(order) == "draft"


ACTS = [
    ("fault", {"fault": "determined"}, ""),
    ("warranty", {"warranty": "unclear", "reason": "要拆检"}, "要拆检"),
    ("payer", {"payer": "customer"}, ""),
    ("decision", {"decision": "declined", "reason": "太贵"}, "太贵"),
    ("confirmed", {}, ""),
]


@pytest.mark.parametrize(("act", "values", "typed"), ACTS, ids=[act for act, _values, _typed in ACTS])
def test_what_a_colleague_said_meanwhile_is_not_written_over(tuesday, say, crew, act, values, typed):
    order, line = repair(crew)
    assert f'name="mark" value="{line.mark}"' in text(tuesday.get(address("order", order)))
    mark = line.mark
    lines.set_payer(type(line).objects.get(pk=line.pk), payer="insurer", **told(crew))
    answer = say(line, act, mark=mark, **values)
    page = text(answer)
    assert answer.status_code == 409
    assert "A colleague changed this line meanwhile" in page
    assert typed in page
    line.refresh_from_db()
    assert (line.payer, line.fault, line.warranty, line.wanted, line.confirmed_at) == ("insurer", "", "", True, None)
    assert say(line, act, mark=line.mark, **values).status_code == 302, "seen as it is now, it may be said"


def test_a_tap_on_a_line_that_was_taken_off_is_told_so(crew):
    _order, line = repair(crew)
    stale = type(line).objects.select_related("order").get(pk=line.pk)
    writeup.remove_line(line, **told(crew))
    with translation.override("en"), pytest.raises(NotAllowed, match="took this line off"):
        lines.set_payer(stale, payer="insurer", **told(crew))


def test_a_part_follows_the_payer_of_its_work_in_its_mark(say, crew):
    order, line = repair(crew)
    part = order.part_lines.get()
    part.labour = line
    part.save()
    mark = part.mark
    lines.set_payer(line, payer="insurer", **told(crew))
    assert say(part, "confirmed", mark=mark).status_code == 409
    part.refresh_from_db()
    assert part.confirmed_at is None
