"""The log-in page of the demo names somebody of every role."""

import html
import re

import pytest
from django.urls import reverse
from django.utils import translation

from dealership.demo import people
from dealership.staff.roles import Role

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_role_is_shown_with_its_user_name(client, settings, language):
    settings.DEMO = True
    page = client.get(reverse("staff:login"), headers={"accept-language": language}).content.decode()
    shown = re.findall(r"<b>(\w+)</b> ([^<]+)</li>", html.unescape(page))
    with translation.override(language):
        assert shown == [(log_in.username, str(log_in.role.label)) for log_in in people.LOG_INS]
    assert people.PASSWORD in page
    assert {log_in.role for log_in in people.LOG_INS} == set(Role)
