"""Settings of the test run: the desk's own, made fast and kept apart from the desk's data."""

import os
from pathlib import Path
from typing import Any

os.environ.setdefault("DATA_DIR", str(Path(__file__).resolve().parent.parent / ".local" / "test"))
os.environ.setdefault("SECRET_KEY", "only for tests " * 5)
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright keeps an event loop in the test's thread
os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", os.environ["DATA_DIR"] + "/hypothesis")

from dealership.settings import *  # the environment has to be set first
from dealership.settings import CELERY_BROKER_URL, DATA_DIR, DATABASES

SECURE_SSL_REDIRECT = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns about a missing folder
MEDIA_ROOT = DATA_DIR / "media"
AUDIT_ANCHORS = DATA_DIR / "audit" / "anchors"
AXES_ENABLED = False  # its own test switches it on

chosen: dict[str, Any] = DATABASES["default"]
if chosen["ENGINE"] == "django.db.backends.sqlite3":
    # A file, as on the desk: the tests of races open one connection per thread.
    chosen["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
    chosen["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA foreign_keys=ON;"
else:
    chosen["TEST"] = {"NAME": os.environ.get("TEST_DATABASE", "test_desk")}
    chosen["CONN_MAX_AGE"] = 0  # a connection left open by a thread would keep the test database from being dropped

if CELERY_BROKER_URL.startswith("redis"):
    # Never among the wake-ups of a desk that uses the same server.
    prefix = os.environ.get("TEST_DATABASE", "test_desk") + ":"
    CELERY_BROKER_TRANSPORT_OPTIONS = {"global_keyprefix": prefix}  # type: ignore[dict-item]  # the desk sets numbers
