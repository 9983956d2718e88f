"""The workshop's day on tablets: the foreman gives the car away in three taps, the team works with gloves on."""

from datetime import UTC

import pytest
from playwright.sync_api import expect

from dealership.workshop.models import Bay
from tests import factories
from tests.browser.pages import TABLET, too_small, too_wide
from tests.factories import TUESDAY_NINE
from tests.workorders.sheets import HOUR, address, state_of
from workorders import queries
from workorders.models import Clock
from workorders.operations import custody, dispatch

pytestmark = pytest.mark.django_db(transaction=True)

DESK = (1280, 800)


@pytest.fixture
def tuesday_ten(crew, time_machine):
    time_machine.move_to((TUESDAY_NINE + HOUR).astimezone(UTC), tick=False)
    Bay.objects.create(store=crew.store, name="1号快修工位")
    Bay.objects.create(store=crew.store, name="3号机修工位")
    for name, skills in [("机修一班", "机修 保养"), ("机修二班", "机修"), ("钣喷班", "钣喷")]:
        team = crew.team(name)
        team.skills = skills
        team.save()


@pytest.mark.clause("2.4.2.2")
@pytest.mark.parametrize(("language", "size"), [("zh-hans", TABLET), ("en", TABLET), ("zh-hans", DESK), ("en", DESK)])
def test_the_foreman_takes_the_key_and_gives_the_car_to_a_team(
    tuesday_ten, crew, desk_page, screenshot, language, size
):
    order = factories.signed(crew, hours="2.00", handed=False)
    type(order.labour_lines.get().operation).objects.update(skill="保养")
    custody.give(
        order, "to_workshop", parked_at="A区3号", notes="车主对气味敏感，请勿在车内吸烟", by=crew.service_advisor,
        at=TUESDAY_NINE,
    )  # fmt: skip
    page = desk_page(language, size, user=crew.foreman)
    page.goto(address("order", order))
    assert too_small(page) == []
    screenshot(page, f"workshop-take-{language}-{size[0]}")
    page.locator("form[action*='/take'] > .btn-primary").click()
    expect(page.locator("#dispatch .team-offer")).to_have_count(3)
    assert page.locator("#dispatch .team-offer").first.inner_text().startswith("机修一班")
    assert too_small(page) == []
    assert too_wide(page) <= 0
    screenshot(page, f"workshop-dispatch-{language}-{size[0]}")
    page.locator("#dispatch .team-offer").first.click()
    expect(page.locator(".board")).to_be_visible()
    assert state_of(order) == "dispatched"
    assert order.assignments.get().bay.name == "1号快修工位"


@pytest.mark.clause("2.4.3.1")
@pytest.mark.parametrize(("language", "size"), [("zh-hans", TABLET), ("en", TABLET)])
def test_the_team_takes_the_car_over_clocks_on_and_finishes(tuesday_ten, crew, desk_page, screenshot, language, size):
    order = factories.signed(crew)
    team = crew.team("机修一班")
    dispatch.dispatch(order, team=team, bay=Bay.objects.first(), by=crew.foreman, at=TUESDAY_NINE + HOUR)
    page = desk_page(language, size, user=crew.technician)
    page.goto(address("order", order))
    screenshot(page, f"workshop-accept-{language}")
    assert too_small(page) == []
    page.locator("form[action*='/accept'] > .btn-success").click()
    expect(page.locator("form[action*='/clock'] .btn-primary")).to_be_visible()
    page.locator("form[action*='/clock'] .btn-primary").click()
    expect(page.locator(".job-line.on")).to_be_visible()
    factories.issue_parts(order, to=crew.technician, by=crew.parts, at=TUESDAY_NINE + HOUR)
    page.locator(".job-line summary").first.click()
    assert too_small(page) == []
    assert too_wide(page) <= 0
    screenshot(page, f"workshop-job-{language}")
    page.locator(".job-line [name=stop][value=done]").click()
    expect(page.locator(".job-line.over")).to_be_visible()
    page.locator("form[action$='/finish'] .btn").click()
    expect(page.locator(".board")).to_be_visible()
    assert state_of(order) == "finished"
    assert Clock.objects.get().stop == "done"
    assert queries.custody(order).on_the_way.leg == "from_team"


@pytest.mark.clause("2.4.1.3")
def test_the_advisor_sees_a_difference_at_once(tuesday_ten, crew, desk_page, screenshot):
    order = factories.dispatched(crew, accepted=False)
    dispatch.accept(order.assignments.get(), difference="右后门有凹陷", by=crew.team_leader, at=TUESDAY_NINE + HOUR)
    page = desk_page("zh-hans", DESK, user=crew.service_advisor)
    page.goto("/")
    expect(page.get_by_text("右后门有凹陷").first).to_be_visible()
    screenshot(page, "workshop-difference-today")
    page.goto(address("order", order))
    screenshot(page, "workshop-difference-order")
    page.locator("input[name=answer]").fill("车主确认来店前已有")
    page.locator("form[action*='/differences/'] .btn-primary").click()
    expect(page.get_by_text("车主确认来店前已有")).to_be_visible()
