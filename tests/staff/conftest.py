import pytest

from tests import factories


@pytest.fixture
def crew(db):
    return factories.Crew(factories.store("玉湖店"))
