"""Addresses and files of the intake's presses."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests import factories

HTMX = {"HX-Request": "true"}


def text(answer):
    return answer.content.decode()


def address(name, visit, *more):
    return reverse(f"reception:{name}", args=[visit.pk, *more])


def picture_file(content=None, name="a.jpg"):
    return SimpleUploadedFile(name, content or factories.photo(), "image/jpeg")
