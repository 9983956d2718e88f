"""The desk's addresses, a page with nothing but a box to sign in, answered with the picture that arrived, and a page
to sign or not to sign on, answered with what came of it."""

import base64

from django import forms
from django.http import HttpResponse
from django.template import engines
from django.urls import path

from dealership import web
from dealership.paperwork.forms import SignatureField, SigningForm
from dealership.urls import urlpatterns as desk


class PadForm(forms.Form):
    name = forms.CharField()
    signature = SignatureField()


ARRIVED = """{% extends "base.html" %}{% block content %}<pre id="arrived">{{ picture }}</pre>{% endblock %}"""
PAGE = """{% extends "base.html" %}{% block head %}{{ form.media }}{% endblock %}{% block content %}
<form method="post" novalidate>{% csrf_token %}{{ form }}<button class="btn btn-primary" id="done">OK</button></form>
{% endblock %}"""


def pad(request):
    form = web.bound(PadForm, request)
    if form.is_valid():
        return shown(request, ARRIVED, {"picture": base64.b64encode(form.cleaned_data["signature"]).decode()})
    return shown(request, PAGE, {"form": form}, status=web.form_status(form))


SIGNING = """{% extends "base.html" %}{% block head %}{{ form.media }}{% endblock %}{% block content %}
<form method="post">{% csrf_token %}{% include "paperwork/_signing.html" %}
<button class="btn btn-primary" id="done">OK</button></form>{% endblock %}"""


def signing(request):
    form = web.bound(SigningForm, request, store=web.store_of(request), by=request.user)
    if form.is_valid():
        outcome = form.outcome()
        return shown(request, ARRIVED, {"picture": f"{outcome.unsigned}|{outcome.reason}|{outcome.witness}"})
    return shown(request, SIGNING, {"form": form}, status=web.form_status(form))


def shown(request, template, context, status=200):
    return HttpResponse(engines["django"].from_string(template).render(context, request), status=status)


urlpatterns = [*desk, path("pad", pad, name="pad"), path("signing", signing, name="signing")]
