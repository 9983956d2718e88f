"""Issued papers in the back office: found, read, never changed."""

import pytest
from django.urls import reverse

from dealership.paperwork import operations
from dealership.paperwork.kinds import Role
from dealership.staff.roles import Role as StaffRole
from tests.paperwork.conftest import AT, drawn, person

LIST = "admin:paperwork_issueddocument_changelist"


@pytest.fixture
def desk(client, store):
    client.force_login(person("chenjing", "Chen Jing", StaffRole.AFTER_SALES_MANAGER, store))
    return client


def test_paper_is_shown_with_its_signatures_and_nothing_to_save(desk, paper, advisor):
    operations.sign(paper, role=Role.CUSTOMER, signer_name="王芳", image=drawn(), by=advisor, at=AT)
    assert paper.number in desk.get(reverse(LIST)).content.decode()
    page = desk.get(reverse("admin:paperwork_issueddocument_change", args=[paper.pk])).content.decode()
    assert "王芳" in page
    assert reverse("paperwork:document", args=[paper.pk]) in page
    assert 'name="_save"' not in page


@pytest.mark.parametrize("act", ["add", "delete"])
def test_nothing_is_added_or_deleted_by_hand(desk, paper, act):
    args = [paper.pk] if act == "delete" else []
    assert desk.post(reverse(f"admin:paperwork_issueddocument_{act}", args=args)).status_code == 403


def test_papers_of_other_stores_are_not_shown(client, paper, other_store):
    client.force_login(person("liuyang", "Liu Yang", StaffRole.AFTER_SALES_MANAGER, other_store))
    assert paper.number not in client.get(reverse(LIST)).content.decode()
