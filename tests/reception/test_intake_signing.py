"""The customer signs the intake: what was shown, or with a witness not at all; then it is closed."""

import re

import pytest

from dealership.paperwork import operations as paperwork
from reception import operations
from reception.models import Visit
from reception.states import State
from reception.views.presses import PRESSES
from tests import factories
from tests.factories import TUESDAY_NINE
from tests.reception.pressing import address, picture_file, text


@pytest.mark.clause("2.2.11.9")
def test_whoever_did_not_walk_along_does_not_sign_what_was_seen(press, tuesday, crew):
    visit = factories.receiving(crew)
    assert press(visit, "along", accompanied="no").status_code == 422
    press(visit, "along", accompanied="no", unaccompanied_reason="拖车送来")
    typed = {"signer_name": "王建国", "signature": factories.signature_data_url(), "drawn": "seen="}
    answer = tuesday.post(address("sign", visit), typed)
    assert answer.status_code == 422
    assert "Nobody came along on the walk-round" in text(answer)
    assert Visit.objects.get().state == State.RECEIVING
    absent = {"signer_name": "王建国", "unsigned": "absent", "reason": "拖车送来", "witness": crew.foreman.pk}
    assert tuesday.post(address("sign", visit), absent).status_code == 302
    stored = Visit.objects.get()
    assert stored.state == State.INSPECTED
    assert stored.intake.signatures.get().unsigned == "absent"


def test_a_complete_form_is_signed_and_closed(tuesday, crew):
    visit = factories.receiving(crew)
    page = tuesday.get(address("intake", visit))
    assert page.context["missing"] == []
    typed = {"signer_name": "王建国", "signature": factories.signature_data_url(), "seen": page.context["seen"]}
    typed["drawn"] = f"seen={typed['seen']}"
    answer = tuesday.post(address("sign", visit), typed, follow=True)
    assert answer.redirect_chain == [(address("intake", visit), 302)]
    assert Visit.objects.get().state == State.INSPECTED
    for closed in PRESSES:
        assert address("press", visit, closed) not in text(answer)
    assert address("sign", visit) not in text(answer)


@pytest.mark.parametrize("way", ["refused", "absent"])
def test_a_form_that_was_not_signed_is_not_shown_as_signed(tuesday, crew, way):
    visit = factories.receiving(crew)
    why = {"signer_name": "王建国", "unsigned": way, "reason": "要先问家里", "witness": crew.foreman.pk}
    page = text(tuesday.post(address("sign", visit), why, follow=True))
    assert "The reception form is signed" not in page
    assert "Noted: the customer did not sign" in page
    box = page[page.index('id="step-sign"') :]
    box = box[: box.index("</section>")]
    assert "check-circle" not in box
    for said in ["要先问家里", str(crew.foreman), "Not signed"]:
        assert said in box
    assert page.count('<li class="past">') == 5
    assert page.count('<li class="unsigned">') == 1


def test_who_does_not_sign_is_asked_why_and_who_was_there(tuesday, crew):
    visit = factories.receiving(crew)
    page = text(tuesday.post(address("sign", visit), {"signer_name": "王建国", "unsigned": "refused"}))
    assert "Write down why the customer does not sign." in page
    assert "Choose who was there." in page
    assert "This field is required" not in page


def test_boxes_and_chips_are_numbered_alike(tuesday, crew):
    page = text(tuesday.get(address("intake", factories.receiving(crew))))
    chips = re.findall(r'href="#step-(\w+)".*?(\d) ·', page)
    boxes = re.findall(r'id="step-(\w+)".*?(\d) ·', page, re.DOTALL)
    assert chips == boxes
    assert [number for _name, number in chips] == list("123456")


def test_a_form_signed_later_is_shown_as_signed(tuesday, crew):
    visit = factories.receiving(crew)
    why = {"signer_name": "王建国", "unsigned": "absent", "reason": "已离开", "witness": crew.foreman.pk}
    tuesday.post(address("sign", visit), why)
    paper = Visit.objects.get().intake
    paperwork.sign_later(paper, factories.drawn(), by=crew.service_advisor, at=TUESDAY_NINE)
    page = text(tuesday.get(address("intake", visit)))
    assert page.count('<li class="past">') == 6
    assert "Not signed" not in page


def test_the_signature_stands_under_what_was_shown(tuesday, crew):
    visit = factories.receiving(crew)
    seen = tuesday.get(address("intake", visit)).context["seen"]
    operations.mark_damage(visit, zone="bonnet", kind="dent", by=crew.service_advisor, at=TUESDAY_NINE)
    typed = {
        "signer_name": "王太太",
        "signature": factories.signature_data_url(),
        "seen": seen,
        "drawn": f"seen={seen}",
    }
    answer = tuesday.post(address("sign", visit), typed)
    assert answer.status_code == 409
    assert "has changed since this page was opened" in text(answer)
    assert 'value="王太太"' in text(answer)
    assert Visit.objects.get().state == State.RECEIVING
    assert factories.signature_data_url() not in text(answer), "he signs anew under what it says now"
    now = answer.context["seen"]
    old_picture = tuesday.post(address("sign", visit), typed | {"seen": now})
    assert old_picture.status_code == 422
    assert "please sign again" in text(old_picture)
    assert Visit.objects.get().intake is None
    assert tuesday.post(address("sign", visit), typed | {"seen": now, "drawn": f"seen={now}"}).status_code == 302


def test_a_gap_is_told_when_signing_and_the_signature_is_kept(tuesday, crew):
    visit = factories.receiving(crew)
    Visit.objects.filter(pk=visit.pk).update(fuel=None)
    typed = {"signer_name": "王太太", "signature": factories.signature_data_url(), "drawn": "seen="}
    answer = tuesday.post(address("sign", visit), typed)
    assert answer.status_code == 422
    assert "The fuel level is missing." in str(answer.context["sign_form"].non_field_errors())
    assert 'value="王太太"' in text(answer)
    assert factories.signature_data_url() in text(answer)
    assert Visit.objects.get().state == State.RECEIVING


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"signature": ""}, "signature"),
        ({"signature": "data:image/png;base64,xxxx"}, "signature"),
        ({"signer_name": ""}, "signer_name"),
        ({"signature": "", "unsigned": "refused", "reason": "不认可"}, "witness"),
    ],
)
def test_a_signature_that_is_none_is_asked_for_again(tuesday, crew, typed, field):
    visit = factories.receiving(crew)
    whole = {"signer_name": "王建国", "signature": factories.signature_data_url(), "drawn": "seen="} | typed
    answer = tuesday.post(address("sign", visit), whole)
    assert answer.status_code == 422
    assert list(answer.context["sign_form"].errors) == [field]
    assert Visit.objects.get().intake is None


@pytest.mark.clause("2.2.11.10")
@pytest.mark.parametrize("what", [*PRESSES, "sign", "undamage", "remove_photo"])
def test_a_signed_form_refuses_every_press(tuesday, crew, what):
    visit = factories.receiving(crew)
    photo = operations.add_photo(visit, picture=factories.photo(), by=crew.service_advisor, at=TUESDAY_NINE)
    operations.sign_intake(visit, outcome=factories.drawn(), by=crew.service_advisor, at=TUESDAY_NINE)
    before = (visit.damage_marks.count(), visit.complaints.count(), visit.point_checks.count(), visit.photos.count())
    more = {"undamage": [visit.damage_marks.get().pk], "remove_photo": [photo.pk]}.get(what, [])
    typed = {
        "zone": "roof", "kind": "dent", "words": "还有", "signer_name": "王建国", "mileage": "99999", "fuel": "1",
        "signature": factories.signature_data_url(), "belongings": "伞", "accompanied": "yes", "answer": "none",
        "purpose": "other", "source": "file", "drawn": "seen=",
        "model_name": "途观", "title": "ms", "waits_here": "yes", "all_received": "on", "picture": picture_file(),
    }  # fmt: skip
    where = address("press", visit, what) if what in PRESSES else address(what, visit, *more)
    answer = tuesday.post(where, typed)
    assert answer.status_code == 409
    assert "The reception form is closed" in text(answer)
    assert before == (
        visit.damage_marks.count(), visit.complaints.count(), visit.point_checks.count(), visit.photos.count()
    )  # fmt: skip
    assert Visit.objects.get().belongings == ""


def test_who_only_looks_sees_the_form_without_its_buttons(tuesday, crew):
    visit = factories.receiving(crew)
    tuesday.force_login(crew.foreman)
    page = text(tuesday.get(address("intake", visit)))
    assert "刹车有异响" in page
    assert "left front door: scratch" in page
    for what in PRESSES:
        assert address("press", visit, what) not in page
    for name in ["sign", "leave"]:
        assert address(name, visit) not in page
