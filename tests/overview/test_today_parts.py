"""Who has many lists gets the first page in two parts, each within what a page may ask the database."""

import pytest

from dealership.overview import queries
from tests.overview.test_today import HTMX, LISTS, REST, TODAY, fill, lists, text


def test_the_manager_alone_has_a_second_part(tuesday, crew):
    for role in LISTS:
        tuesday.force_login(getattr(crew, role.value))
        page = tuesday.get(TODAY)
        assert page.context["more"] == (role == "after_sales_manager"), role
        assert (REST in text(page)) == (role == "after_sales_manager"), role


def test_the_page_fetches_its_second_part_and_without_scripts_leads_to_it(tuesday, crew, house):
    tuesday.force_login(crew.after_sales_manager)
    assert f'hx-get="{REST}" hx-trigger="load, every 30s"' in text(tuesday.get(TODAY))
    assert f'href="{REST}"' in text(tuesday.get(TODAY))
    alone, part = tuesday.get(REST), tuesday.get(REST, headers=HTMX)
    assert "<html" in text(alone)
    assert "<html" not in text(part)
    assert f'hx-get="{REST}"' in text(alone), "it stays the second part"
    for page in [alone, part]:
        assert "Messages that need a decision" in text(page)
        assert "Customers waiting" not in text(page)


@pytest.mark.parametrize("count", [1, 3])
def test_the_second_part_takes_the_same_queries_however_long_its_lists(tuesday, crew, count, django_assert_num_queries):
    fill(crew, count)
    tuesday.force_login(crew.after_sales_manager)
    with django_assert_num_queries(17):
        page = tuesday.get(REST)
    found = {section.title: len(section.rows) for section in page.context["sections"]}
    assert found.pop("Customers to contact") >= count
    assert found.pop("Checked: give key and place to the advisor") == count
    assert found == dict.fromkeys(["Parts to put aside", "Promises in danger", "Messages that need a decision"], count)


def test_every_list_comes_once(tuesday, crew, monkeypatch):
    tuesday.force_login(crew.after_sales_manager)
    in_two = [*lists(tuesday.get(TODAY))]
    assert len(in_two) == len(set(in_two))
    monkeypatch.setattr(queries, "AT_ONCE", 100)
    assert sorted(in_two) == sorted(section.title for section in tuesday.get(TODAY).context["sections"])
