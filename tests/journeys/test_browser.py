"""One visit through the pages in a real browser, from the phone call to the follow-up call, in both languages."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from playwright.sync_api import expect

from dealership.outbox import delivery as outbox
from dealership.outbox.models import Message
from dealership.paperwork.models import IssuedDocument
from followup import operations as followup
from followup.models import FollowUpTask
from tests import factories
from tests.factories import MONDAY, PASSWORD
from tests.outbox.mailserver import MailServer
from workorders.models import WorkOrder

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def form(page, end):
    """The form that posts to an address with this end."""
    return page.locator(f'form[action$="{end}"]')


def press(page, end):
    form(page, end).locator("button").first.click()


def draw_signature(page, within):
    """Sign with the mouse as a hand would: down, along, up."""
    canvas = page.locator(f"{within} canvas")
    canvas.evaluate("(box) => box.scrollIntoView({ block: 'center', behavior: 'instant' })")  # under nothing
    box = canvas.bounding_box()
    x, y = box["x"] + 30, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, 12):
        page.mouse.move(x + 12 * step, y + (20 if step % 2 else -20), steps=3)
    page.mouse.up()


def log_in(page, user):
    page.goto("/staff/login")
    page.fill("[name=username]", user.username)
    page.fill("[name=password]", PASSWORD)
    page.click("input[type=submit]")
    expect(page).to_have_url(re.compile("/$"))


class Walk:
    """The people of one store, each with an own browser; `as_("foreman")` brings that person's page."""

    def __init__(self, open_page, language, screenshot):
        self.crew = factories.Crew(factories.store(name="滨江店"))
        self.open_page, self.language, self.keep = open_page, language, screenshot
        self.pages = {}

    def as_(self, role, statuses=()):
        if role not in self.pages:
            size = (1024, 768) if role in {"foreman", "technician"} else (1280, 800)
            self.pages[role] = self.open_page(self.language, size, user=getattr(self.crew, role), statuses=statuses)
        return self.pages[role]

    def next_day(self):
        """Everybody went home; sessions end over night."""
        self.pages = {}

    def picture(self, page, name):
        self.keep(page, f"{name}-{self.language}")


@pytest.fixture(params=["zh-hans", "en"])
def walk(request, desk_page, screenshot, settings):
    return Walk(desk_page, request.param, screenshot)


def test_one_visit_from_call_to_follow_up(walk, settings):
    crew = walk.crew
    with time_machine.travel(MONDAY + timedelta(hours=2)):
        _customer, vehicle = factories.customer_with_car(crew.service_advisor, email="wang@example.cn")
        oil, part = factories.operation(code="BY-5000"), factories.part(crew.store, number="04E115561")
        crew.team()
        book(walk, vehicle)
    walk.next_day()
    with time_machine.travel(MONDAY + timedelta(days=1, hours=2)) as clock:
        receive(walk)
        write_up(walk, oil, part)
        repair(walk)
        clock.shift(timedelta(hours=4))
        deliver(walk)
        order = WorkOrder.objects.get()
        assert (order.state, order.visit.state) == ("closed", "released")
        clock.shift(timedelta(minutes=2))
        thank(settings)
    walk.next_day()
    with time_machine.travel(order.visit.released_at + timedelta(days=2, hours=19)):
        call(walk, order)


def book(walk, vehicle):
    page = walk.pages["service_advisor"] = walk.open_page(walk.language, (1280, 800))
    log_in(page, walk.crew.service_advisor)
    page.goto("/appointments/?day=2026-11-24")
    expect(page.locator(".slot.buffer").first).to_be_visible()
    walk.picture(page, "appointments")
    page.locator("a.slot.free").filter(has_text=re.compile(".")).nth(2).click()
    page.wait_for_load_state()
    page.fill("#q", vehicle.plate[-4:])
    page.locator("[data-found] a.list-group-item").first.click()
    page.locator("label[for=id_cause_1]").click()
    page.fill("[name=reason]", "刹车有异响")
    expect(page.locator("#times input[type=radio]").first).to_be_attached()
    walk.picture(page, "book")
    page.click("[name=agreed][value=on]")
    expect(page.locator(".alert-success[role=status]")).to_be_visible()


def receive(walk):
    assistant = walk.as_("advisor_assistant")
    assistant.goto("/reception/")
    assistant.locator('form[action*="/arrive/"] button').click()
    page = walk.as_("service_advisor")
    page.goto("/reception/")
    walk.picture(page, "lane")
    press(page, "/receive")
    press(page, "/covers")
    page.locator('[data-zone="left_front_door"]').click()
    form(page, "/point").locator('button[value="dent"]').click()
    expect(page.locator("#damages li.damage")).to_have_count(1)
    press(page, "/rest")
    press(page, "/along")
    press(page, "/booked")
    expect(page.locator("#step-words .own-words")).to_have_text("刹车有异响")
    press(page, "/read-back")
    page.fill("[name=vin]", factories.vin(1))
    form(page, "/vin").locator('button[value="windscreen"]').first.click()
    page.fill("[name=mileage]", "41200")
    form(page, "/fuel").locator('button[value="4"]').click()
    form(page, "/valuables").locator('button[value="none"]').click()
    form(page, "/papers").locator("button[name=all_received]").click()
    expect(page.locator("#progress li.past")).to_have_count(5)
    page.locator('#progress a[href="#step-sign"]').click()
    draw_signature(page, "#sign")
    walk.picture(page, "intake")
    form(page, "/sign").locator("button[type=submit], button:not([type])").last.click()
    expect(page.locator(".alert-success[role=status]").first).to_be_visible()
    assert IssuedDocument.objects.filter(kind="intake").count() == 1


def write_up(walk, oil, part):
    page = walk.as_("service_advisor")
    page.locator('a[href*="/workorders/visit/"]').click()
    press(page, "/begin")
    page.fill("[name=operation]", oil.code)
    press(page, "/labour")
    page.fill("[name=part]", part.number)
    press(page, "/part")
    expect(page.locator("body")).to_contain_text("¥199.00")
    page.locator(".confirm-all button").click()
    expect(page.locator(".confirm-all")).to_have_count(0)
    page.check('[name=payment_method][value="cash"]')
    page.check('[name=old_parts][value="look"]')
    page.check("[name=phone_checked]")
    page.click("[name=told]")
    expect(page.locator("#missing .alert")).to_have_count(0)
    draw_signature(page, "#sign")
    walk.picture(page, "order")
    form(page, "/sign").locator("button[type=submit], button:not([type])").last.click()
    expect(page.locator(".alert-success[role=status]").first).to_be_visible()
    press(page, "/copies")
    walk.picture(page, "hand-over-to-workshop")
    press(page, "/key")
    expect(page.locator(".alert-success[role=status]").first).to_be_visible()


def open_job(page):
    page.goto("/workorders/")
    page.locator("a.job").first.click()


def repair(walk):
    foreman, technician, inspector = walk.as_("foreman"), walk.as_("technician"), walk.as_("quality_inspector")
    foreman.goto("/workorders/")
    walk.picture(foreman, "board")
    open_job(foreman)
    press(foreman, "/take")
    expect(foreman.locator("#dispatch .team-offer").first).to_be_visible()
    walk.picture(foreman, "dispatch")
    foreman.locator("#dispatch .team-offer").first.click()
    expect(foreman.locator(".board")).to_be_visible()
    open_job(technician)
    press(technician, "/accept")
    expect(form(technician, "/clock").first).to_be_visible()
    hand_out(walk)
    technician.reload()
    for passed in ["no", "yes"]:
        work_through(technician, again=passed == "yes")
        if passed == "yes":
            technician.locator("form[action*='/rework/'] [name=words]").fill("重新紧固")
            technician.locator("form[action*='/rework/'] button").click()
            expect(technician.locator("form[action*='/rework/']")).to_have_count(0)
        walk.picture(technician, "job")
        press(technician, "/finish")
        expect(technician.locator(".board")).to_be_visible()
        inspect(walk, inspector, passed=passed == "yes")
    bring_back(walk, foreman, technician)


def inspect(walk, page, *, passed):
    """Drive the car, mark the sheet and sign it."""
    open_job(page)
    page.locator('a[href$="/check"]').click()
    page.fill("#km-out", "50006" if passed else "50001")
    press(page, "/test-drive")
    page.fill("#km-in", "50009" if passed else "50004")
    page.fill("#drive-result", "" if passed else "低速有异响")
    page.locator(f"[name=ok][value={'yes' if passed else 'no'}]").click()
    row = page.locator(".check-row").first
    if passed:  # what failed before is answered by itself
        row.locator("label.btn-outline-success").click()
        page.check("[name=rest_ok]")
    else:
        row.locator("label.btn-outline-danger").click()
        row.locator("input.form-control").fill("右前轮仍有轻微异响")
        page.fill("[name=minutes]", "20")
    draw_signature(page, "[data-signature]:has([name=signature])")
    walk.picture(page, "inspect")
    page.locator(f"[name=verdict][value={'pass' if passed else 'fail'}]").click()
    expect(page.locator(".board")).to_be_visible()


def bring_back(walk, foreman, technician):
    """The foreman countersigns the re-check and gives the key back; the car is washed (2.5.3, 2.6.1.1)."""
    open_job(foreman)
    press(foreman, "/take")
    press(foreman, "/countersign")
    walk.picture(foreman, "give-back")
    press(foreman, "/key")
    expect(foreman.locator(".alert-success[role=status]").first).to_be_visible()
    open_job(technician)
    press(technician, "/wash")
    expect(technician.locator(".alert-success[role=status]").first).to_be_visible()


def look_and_tell(walk, page):
    """The advisor takes the key, looks at the car and tells the customer, who stands here."""
    press(page, "/take")
    page.locator('a[href$="/final-check"]').click()
    for box in page.locator(".tick-row input:not([name=missing])").all():
        box.check()
    page.locator("label.btn-outline-success").click()
    walk.picture(page, "final-check")
    page.locator("[name=verdict][value=ready]").click()
    walk.picture(page, "tell-ready")
    page.locator("[name=result][value=here]").click()
    expect(page.locator(".alert-success[role=status]").first).to_be_visible()


def hand_out(walk):
    """Technician and storekeeper sign beside each other at the counter (2.4.3.5)."""
    page = walk.as_("parts")
    page.goto("/workorders/parts")
    page.locator("[id^=order-] .btn-primary").first.click()
    for name in ["drawn", "handed"]:
        draw_signature(page, f"[data-signature]:has([name={name}])")
    walk.picture(page, "counter")
    page.locator("#issue .btn-success").click()
    expect(page.locator(".alert-success[role=status]")).to_be_visible()


def work_through(page, *, again):
    """Clock on at each line and say that it is done; in rework at the first alone."""
    if again:
        open_job(page)
    lines = page.locator("[id^=line-]").count()
    for _line in range(1 if again else lines):
        button = form(page, "/clock").locator("button" if again else ".btn-primary").first
        button.click()
        page.locator("[name=stop][value=done]").click()
        expect(page.locator(".job-line.on")).to_have_count(0)


def deliver(walk):
    page = walk.as_("service_advisor")
    open_job(page)
    look_and_tell(walk, page)
    page.locator('a[href$="/hand-over"]').click()
    for box in page.locator("#walk .tick-row input").all():
        box.check()
    page.fill("[name=next_service_on]", "2027-05-24")
    page.fill("[name=next_service_km]", "51200")
    page.fill("[name=call_from]", "18:00")
    page.fill("[name=call_until]", "20:00")
    page.locator("[name=next_visit][value=remind] + label").click()
    walk.picture(page, "at-the-car")
    page.locator("#walk > .btn-success").click()
    page.check("[name=explained]")
    draw_signature(page, "#settle")
    form(page, "/settle").locator("button[type=submit], button:not([type])").last.click()
    cashier = walk.as_("cashier")
    cashier.goto("/workorders/cashier")
    cashier.locator(".list-group a").first.click()
    cashier.click('label[for="id_method_0"]')
    cashier.fill("[name=received_fen]", "200")
    walk.picture(cashier, "pay")
    cashier.locator("button.btn-success").click()
    expect(cashier.locator(".alert-success[role=status]")).to_contain_text("¥1.00")
    page.reload()
    page.locator('#money a[href*="/papers/"]').first.click()
    walk.picture(page, "settlement")
    page.go_back()
    for box in page.locator("[name=things]").all():
        box.check()
    press(page, "/give-back")
    page.locator('form[action*="/gate/"] button').click()
    expect(page.locator(".gate-answer.may[role=status]")).to_be_visible()


def thank(settings):
    """The clock's two sweeps, each twice, and a real mail server: one letter."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with MailServer() as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        for _again in range(2):
            followup.sweep(timezone.now())
            outbox.deliver_due(timezone.now)
        assert len(server.accepted) == 1
    assert Message.objects.get().state == "sent"


def call(walk, order):
    followup.sweep(order.visit.released_at + timedelta(days=2, hours=18))
    task = FollowUpTask.objects.get(rule__code="SVC-CALL", visit=order.visit)
    advisor = walk.as_("service_advisor", statuses=[403])
    advisor.goto("/followup/")
    expect(advisor.locator(".alert")).to_be_visible()  # the serving advisor is not let in at all
    clerk = walk.as_("information_clerk")
    clerk.goto("/followup/")
    walk.picture(clerk, "worklist")
    clerk.goto(f"/followup/{task.pk}")
    walk.picture(clerk, "call")
    for name, value in [("outcome", "reached"), ("satisfied", "yes"), ("score", "5")]:
        radio = clerk.locator(f'[name={name}][value="{value}"]').get_attribute("id")
        clerk.click(f'label[for="{radio}"]')
    form_of_call = clerk.locator("form").filter(has=clerk.locator("[name=outcome]"))
    form_of_call.locator("[type=submit], button:not([type])").last.click()
    expect(clerk.locator(".alert-success[role=status]").first).to_be_visible()
    task.refresh_from_db()
    assert task.state == "done"
