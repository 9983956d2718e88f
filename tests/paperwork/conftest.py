"""A store, its people and one issued paper."""

import io
from datetime import UTC, datetime

import pytest
from PIL import Image, ImageDraw

from dealership.paperwork import operations as paperwork
from dealership.paperwork.kinds import Kind
from dealership.staff import operations as staff
from dealership.staff.roles import Role

AT = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)  # half past nine in Shanghai
CONTENT = {
    "title": "Work order",
    "fields": [["Plate", "沪A12345"], ["Mileage", "23,410 km"]],
    "tables": [
        {
            "title": "Labour",
            "columns": ["Item", "Price"],
            "rows": [["Oil change", "¥120.00"]],
            "totals": [["Total", "¥120.00"]],
        }
    ],
    "notes": ["Old parts: take away"],
}


def drawn(size=(400, 160), ink="black", paper="white"):
    """Return the PNG of a box somebody has drawn a line in."""
    picture = Image.new("RGB", size, paper)
    if ink:
        ImageDraw.Draw(picture).line([(20, 120), (120, 30), (200, 130), (360, 40)], fill=ink, width=4)
    kept = io.BytesIO()
    picture.save(kept, "PNG")
    return kept.getvalue()


@pytest.fixture
def store(db):
    return staff.open_store(name="Pudong Motors", code="SH1", address="1 Century Avenue", phone="021-5555 0100")


@pytest.fixture
def other_store(db):
    return staff.open_store(name="Hongqiao Motors", code="SH2")


def person(username, full_name, role, *stores):
    return staff.take_on(
        username=username, password="correct horse battery", full_name=full_name, roles=[role], stores=stores
    )


@pytest.fixture
def advisor(store):
    return person("lina", "Li Na", Role.SERVICE_ADVISOR, store)


@pytest.fixture
def stranger(other_store):
    return person("wangwei", "Wang Wei", Role.SERVICE_ADVISOR, other_store)


@pytest.fixture
def technician(store):
    return person("zhaolei", "Zhao Lei", Role.TECHNICIAN, store)


@pytest.fixture
def paper(store, advisor):
    return paperwork.issue(store=store, kind=Kind.ORDER, content=CONTENT, language="en", by=advisor, at=AT)
