"""The count of clauses: which the tests named, and which are open."""

import desk_clauses
import pytest

REPORT = """<testsuites><testsuite>
<testcase name="a"><properties><property name="clause" value="2.1.8"/></properties></testcase>
<testcase name="b"><properties><property name="clause" value="2.1.9"/></properties><failure/></testcase>
<testcase name="c"><error/></testcase>
<testcase name="d"><skipped/></testcase>
</testsuite></testsuites>"""


def test_only_tests_that_pass_name_their_clauses(tmp_path):
    (tmp_path / "report.xml").write_text(REPORT)
    assert desk_clauses.read(tmp_path / "report.xml") == desk_clauses.TestRun(1, 3, {"2.1.8"})


def test_a_run_without_a_report_has_failed(tmp_path):
    assert desk_clauses.read(tmp_path / "none.xml").failed == 1


def test_the_procedure_is_read_whole():
    clauses = desk_clauses.of_procedure()
    assert len(clauses) == len({clause.number for clause in clauses}) == 392
    assert desk_clauses.Clause("2.1.8", "2.1 Appointment (第一、預約)") in clauses


def test_forms_decisions_and_additions_may_be_named_too():
    named = desk_clauses.other_ids()
    assert {"F1", "F33", "C1", "C30", "A1", "A9"} <= named
    assert len(named) == 72


@pytest.mark.parametrize(
    ("numbers", "text"),
    [([], ""), (["2.1.1", "2.1.2", "2.1.3", "2.1.5"], "2.1.1-3 2.1.5"), (["2.1.9", "2.2.10"], "2.1.9 2.2.10")],
)
def test_runs_of_numbers_are_drawn_together(numbers, text):
    assert desk_clauses.drawn_together(numbers) == text
