"""The intake screen, part by part: over HTMX each part alone, without scripts the whole page."""

from datetime import UTC

import pytest
from django.urls import reverse

from dealership.customers import operations as customers
from reception import operations
from reception.models import Complaint, DamageMark, Visit
from reception.states import State
from tests import factories
from tests.factories import TUESDAY_NINE

HTMX = {"HX-Request": "true"}
CONDITION = {"mileage": "12000", "fuel": "4", "accompanied": "on", "valuables_returned": "on", "belongings": "雨伞"}


def text(answer):
    return answer.content.decode()


def address(name, visit, *more):
    return reverse(f"reception:{name}", args=[visit.pk, *more])


@pytest.fixture
def tuesday(desk, monday, crew):
    monday.move_to(TUESDAY_NINE.astimezone(UTC), tick=False)
    desk.force_login(crew.service_advisor)
    return desk


@pytest.fixture
def visit(crew):
    """A visit whose reception has just begun."""
    made = factories.arrived(crew)
    operations.receive(made, by=crew.service_advisor, at=TUESDAY_NINE)
    return made


@pytest.fixture
def covered(visit, crew):
    operations.fit_covers(visit, by=crew.service_advisor, at=TUESDAY_NINE)
    return visit


def test_the_screen_begins_with_the_covers(tuesday, visit):
    page = text(tuesday.get(address("intake", visit)))
    assert visit.vehicle.plate_shown in page
    assert address("covers", visit) in page
    assert address("damage", visit) not in page
    assert page.count('id="missing"') == 1
    assert "The protective covers are not fitted yet." in page


def test_a_customer_who_waits_is_seen_but_not_filled_in(tuesday, crew):
    visit = factories.arrived(crew)
    page = text(tuesday.get(address("intake", visit)))
    assert "waiting" in page
    assert address("covers", visit) not in page
    assert address("complaint", visit) not in page
    assert tuesday.post(address("covers", visit)).status_code == 409


@pytest.mark.parametrize("count", [1, 3])
def test_the_screen_takes_eleven_queries(tuesday, crew, count, django_assert_num_queries):
    car = factories.customer_with_car(crew.service_advisor)
    visit = factories.receiving(crew, car=car)
    for number in range(count - 1):
        operations.note_complaint(visit, words=f"还有{number}", by=crew.service_advisor)
        operations.mark_damage(
            visit, zone="roof", kind=["dent", "chip"][number], by=crew.service_advisor, at=TUESDAY_NINE
        )
    with django_assert_num_queries(11):
        tuesday.get(address("intake", visit))


def test_earlier_visits_take_no_query_each(tuesday, crew, django_assert_num_queries):
    counts = []
    for number in [1, 3]:
        car = factories.customer_with_car(crew.service_advisor)
        for _time in range(number):
            factories.released(crew, car=car)
        visit = factories.receiving(crew, car=car)
        with django_assert_num_queries(12):
            page = tuesday.get(address("intake", visit))
        counts.append(len(page.context["earlier"]))
    assert counts == [1, 3]


def test_fitting_the_covers_opens_the_outline(tuesday, visit):
    part = tuesday.post(address("covers", visit), headers=HTMX)
    assert part.status_code == 200
    assert "<html" not in text(part)
    assert address("damage", visit) in text(part)
    assert 'id="missing" hx-swap-oob="true"' in text(part)
    assert "covers are not fitted" not in text(part)
    assert Visit.objects.get().protected_at == TUESDAY_NINE


@pytest.mark.parametrize("name", ["covers", "walked_round"])
def test_without_scripts_a_press_leads_back_to_the_screen(tuesday, covered, name):
    answer = tuesday.post(address(name, covered))
    assert (answer.status_code, answer["Location"]) == (302, address("intake", covered))


@pytest.mark.clause("2.2.2.1")
@pytest.mark.parametrize("name", ["damage", "walked_round"])
def test_before_the_covers_nothing_is_inspected(tuesday, visit, name):
    answer = tuesday.post(address(name, visit), {"zone": "roof", "kind": "dent"})
    assert answer.status_code == 409
    assert "First fit the protective covers" in text(answer)
    assert not DamageMark.objects.exists()


def test_damage_is_marked_and_removed_on_the_outline(tuesday, covered):
    for _press in range(2):
        part = tuesday.post(address("damage", covered), {"zone": "roof", "kind": "dent"}, headers=HTMX)
        assert part.status_code == 200
        assert "roof: dent" in text(part)
        assert text(part).count('class="zone damaged"') == 1
    mark = DamageMark.objects.get()
    for _press in range(2):
        part = tuesday.post(address("undamage", covered, mark.pk), headers=HTMX)
        assert part.status_code == 200
        assert "roof: dent" not in text(part)
    assert not DamageMark.objects.exists()


def test_a_mark_of_another_visit_is_not_removed(tuesday, covered, crew):
    other = factories.receiving(crew)
    assert tuesday.post(address("undamage", covered, other.damage_marks.get().pk)).status_code == 302
    assert other.damage_marks.count() == 1


@pytest.mark.parametrize("typed", [{"kind": "dent"}, {"zone": "", "kind": "dent"}, {"zone": "wing", "kind": "dent"}])
def test_a_kind_without_a_place_asks_for_the_place(tuesday, covered, typed):
    part = tuesday.post(address("damage", covered), typed, headers=HTMX)
    assert part.status_code == 422
    assert "First tap the place on the car." in text(part)
    whole = tuesday.post(address("damage", covered), typed)
    assert whole.status_code == 422
    assert "<html" in text(whole)
    assert text(whole).count('id="missing"') == 1
    assert not DamageMark.objects.exists()


def test_the_walk_round_is_finished_once(tuesday, covered):
    part = tuesday.post(address("walked_round", covered), headers=HTMX)
    assert "Walk-round finished 09:00" in text(part)
    assert Visit.objects.get().walked_round_at == TUESDAY_NINE


def test_a_complaint_is_added_word_for_word(tuesday, visit):
    part = tuesday.post(address("complaint", visit), {"words": "刹车 <有> 异响"}, headers=HTMX)
    assert part.status_code == 200
    assert "刹车 &lt;有&gt; 异响" in text(part)
    assert "</textarea>" in text(part)
    assert "异响</textarea>" not in text(part), "the box is empty for the next"
    assert "Write down what the customer says." not in text(part)
    assert Complaint.objects.get().words == "刹车 <有> 异响"


@pytest.mark.parametrize("words", ["", "   ", "长" * 501])
def test_a_complaint_that_does_not_fit_is_shown_again(tuesday, visit, words):
    part = tuesday.post(address("complaint", visit), {"words": words}, headers=HTMX)
    assert part.status_code == 422
    assert "is-invalid" in text(part)
    assert words.strip() in text(part)
    whole = tuesday.post(address("complaint", visit), {"words": words})
    assert whole.status_code == 422
    assert text(whole).count('id="missing"') == 1
    assert not Complaint.objects.exists()


def test_the_condition_is_saved_while_it_is_filled_in(tuesday, visit):
    part = tuesday.post(address("condition", visit), {"fuel": "3"}, headers=HTMX)
    assert part.status_code == 200
    assert text(part).count('id="missing"') == 1
    assert "hx-swap-oob" not in text(part)
    assert "The mileage is missing." in text(part)
    assert "The fuel level is missing." not in text(part)
    whole = tuesday.post(address("condition", visit), CONDITION)
    assert (whole.status_code, whole["Location"]) == (302, address("intake", visit))
    stored = Visit.objects.get()
    assert (stored.mileage, stored.fuel, stored.belongings) == (12000, 4, "雨伞")
    assert stored.accompanied
    assert stored.valuables_returned


@pytest.mark.clause("3.2.1.7")
@pytest.mark.parametrize("headers", [HTMX, {}], ids=["part", "page"])
def test_a_lower_mileage_asks_for_its_reason_beside_the_field(tuesday, visit, crew, headers):
    customers.record_mileage(visit.vehicle, 14800, "reception", by=crew.service_advisor, at=TUESDAY_NINE)
    asked = tuesday.post(address("condition", visit), CONDITION, headers=headers)
    assert asked.status_code == 422
    assert "14800 km" in str(asked.context["condition_form"].errors["mileage"])
    for typed in ['value="12000"', 'value="雨伞"', '<option value="4" selected>', 'id="id_accompanied" checked']:
        assert typed in text(asked)
    assert "Why is the mileage lower than before?" in text(asked)
    assert 'type="hidden" name="mileage_note"' not in text(asked)
    if headers:
        assert asked["HX-Retarget"] == "#condition-card"
        assert "<html" not in text(asked)
    else:
        assert text(asked).count('id="missing"') == 1
    assert Visit.objects.get().mileage is None
    answer = tuesday.post(address("condition", visit), CONDITION | {"mileage_note": "仪表已更换"}, headers=headers)
    assert answer.status_code == (200 if headers else 302)
    assert Visit.objects.get().mileage == 12000


@pytest.mark.parametrize("wrong", [{"mileage": "-1"}, {"mileage": "x"}, {"mileage": "99999999999"}, {"fuel": "9"}])
def test_a_condition_that_cannot_be_is_shown_again(tuesday, visit, wrong):
    answer = tuesday.post(address("condition", visit), CONDITION | wrong, headers=HTMX)
    assert answer.status_code == 422
    assert list(answer.context["condition_form"].errors) == list(wrong)
    assert 'value="雨伞"' in text(answer)
    assert Visit.objects.get().belongings == ""


@pytest.mark.parametrize("note", ["", "真的"])
def test_a_mileage_no_car_ever_had_is_shown_again(tuesday, visit, note):
    answer = tuesday.post(address("condition", visit), CONDITION | {"mileage": "88888888", "mileage_note": note})
    assert answer.status_code == 422
    assert "mileage" in answer.context["condition_form"].errors
    assert Visit.objects.get().mileage is None


def test_a_complete_form_is_signed_and_closed(tuesday, crew):
    visit = factories.receiving(crew)
    assert "Complete: the customer can sign." in text(tuesday.get(address("intake", visit)))
    typed = {"signer_name": "王建国", "signature": factories.signature_data_url()}
    answer = tuesday.post(address("sign", visit), typed, follow=True)
    assert answer.redirect_chain == [(address("intake", visit), 302)]
    assert Visit.objects.get().state == State.INSPECTED
    for closed in ["covers", "damage", "walked_round", "complaint", "condition", "sign"]:
        pressed = 'name="kind"' if closed == "damage" else f'action="{address(closed, visit)}"'
        assert pressed not in text(answer)
    assert "Remove" not in text(answer)


def test_a_gap_is_told_when_signing_and_the_signature_is_kept(tuesday, crew):
    visit = factories.receiving(crew)
    Visit.objects.filter(pk=visit.pk).update(accompanied=False)
    typed = {"signer_name": "王太太", "signature": factories.signature_data_url()}
    answer = tuesday.post(address("sign", visit), typed)
    assert answer.status_code == 422
    assert "The customer has to come along on the walk-round." in str(answer.context["sign_form"].non_field_errors())
    assert 'value="王太太"' in text(answer)
    assert factories.signature_data_url() in text(answer)
    assert Visit.objects.get().state == State.RECEIVING


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"signature": ""}, "signature"),
        ({"signature": "data:image/png;base64,xxxx"}, "signature"),
        ({"signer_name": ""}, "signer_name"),
    ],
)
def test_a_signature_that_is_none_is_asked_for_again(tuesday, crew, typed, field):
    visit = factories.receiving(crew)
    whole = {"signer_name": "王建国", "signature": factories.signature_data_url()} | typed
    answer = tuesday.post(address("sign", visit), whole)
    assert answer.status_code == 422
    assert list(answer.context["sign_form"].errors) == [field]
    assert Visit.objects.get().intake is None


@pytest.mark.clause("2.2.11.10")
@pytest.mark.parametrize("name", ["covers", "damage", "walked_round", "complaint", "condition", "sign", "undamage"])
def test_a_signed_form_refuses_every_press(tuesday, crew, name):
    visit = factories.taken_in(crew)
    more = [visit.damage_marks.get().pk] if name == "undamage" else []
    typed = CONDITION | {"zone": "roof", "kind": "dent", "words": "还有", "signer_name": "王建国"}
    typed["signature"] = factories.signature_data_url()
    answer = tuesday.post(address(name, visit, *more), typed)
    assert answer.status_code == 409
    assert "The reception form is closed" in text(answer)
    assert (visit.damage_marks.count(), visit.complaints.count()) == (1, 1)
    assert Visit.objects.get().belongings == ""


def test_who_only_looks_sees_the_form_without_its_buttons(tuesday, crew):
    visit = factories.receiving(crew)
    tuesday.force_login(crew.foreman)
    page = text(tuesday.get(address("intake", visit)))
    assert "刹车有异响" in page
    for name in ["complaint", "condition", "sign", "leave", "walked_round"]:
        assert address(name, visit) not in page
