"""Pages in a real browser: a test fails on what a person would never see but a developer must.

`desk_page(...)` opens a page of the running desk; a console error, a policy violation, a failed request or an
unexpected status fails the test that caused it. `screenshot(page, name)` keeps a picture in .local/screenshots.
"""

import os
import shutil
import threading
from pathlib import Path

import pytest
from django.conf import settings
from django.core import signals
from django.test import Client
from playwright.sync_api import sync_playwright

SCREENSHOTS = Path(__file__).resolve().parents[2] / ".local" / "screenshots"
TABLET = (1024, 768)
PHONE = (390, 844)
DESK = (1440, 900)
FINGER = 44  # pixels: what a fingertip, or a glove, still hits
TARGETS = "main .btn, main summary, main .form-control, main .form-select"
ANSWERED = {409, 422}  # a refused act and a form to correct are answers, not faults
QUIET = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium_path():
    """Return Debian's chromium, or the one the variable CHROMIUM names."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not path:
        pytest.fail("no chromium found: install Debian's package chromium or set CHROMIUM", pytrace=False)
    return path


@pytest.fixture(scope="session")
def browser():
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=chromium_path(), args=QUIET + (["--no-sandbox"] if root else [])
        )
        yield started
        started.close()


class Complaints:
    """What the browser found wrong with the pages of one test."""

    def __init__(self, page, allowed, offline):
        self.lines = []
        self.allowed = allowed
        self.offline = offline
        page.on("console", self.console)
        page.on("pageerror", lambda error: self.lines.append(f"script error: {error}"))
        page.on("requestfailed", self.request_failed)
        page.on("response", self.response)

    def console(self, message):
        known = "Failed to load resource", *(["htmx:"] if self.offline else [])  # htmx tells of each failed request
        if message.type == "error" and not message.text.startswith(known):
            self.lines.append(f"console: {message.text}")

    def request_failed(self, request):
        # The person left the page, it was a download, or the test took the network away.
        if request.failure != "net::ERR_ABORTED" and not self.offline:
            self.lines.append(f"failed: {request.method} {request.url} {request.failure}")

    def response(self, response):
        if response.status >= 400 and response.status not in self.allowed:
            self.lines.append(f"{response.status}: {response.request.method} {response.url}")


class AtWork:
    """How many requests the server answers right now."""

    def __init__(self):
        self.count, self.changed = 0, threading.Condition()
        signals.request_started.connect(self.begin)
        signals.request_finished.connect(self.end)

    def begin(self, **kwargs):
        self.add(1)

    def end(self, **kwargs):
        self.add(-1)

    def add(self, number):
        with self.changed:
            self.count += number
            self.changed.notify_all()

    def wait(self):
        with self.changed:
            self.changed.wait_for(lambda: self.count <= 0, timeout=10)


@pytest.fixture
def desk_page(browser, live_server):
    """Return a function that opens a page: language, size, the person logged in, statuses to expect."""
    opened, at_work = [], AtWork()

    def open_page(language="zh-hans", size=TABLET, *, user=None, scripts=True, statuses=(), offline=False):
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": size[0], "height": size[1]},
            locale={"zh-hans": "zh-CN", "en": "en-GB"}[language],
            timezone_id="Asia/Shanghai",
            java_script_enabled=scripts,
            has_touch=size != DESK,
        )
        context.set_default_timeout(10_000)
        cookies = {settings.LANGUAGE_COOKIE_NAME: language}
        if user:
            client = Client()
            client.force_login(user)
            cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": n, "value": v, "url": live_server.url} for n, v in cookies.items()])
        page = context.new_page()
        opened.append((context, Complaints(page, ANSWERED | set(statuses), offline)))
        return page

    yield open_page
    for context, _ in opened:
        context.close()
    at_work.wait()  # what a page asked for last is answered on the test's own connection, which is emptied next
    lines = [line for _, complaints in opened for line in complaints.lines]
    if lines:
        pytest.fail("the browser complained:\n  " + "\n  ".join(lines), pytrace=False)


@pytest.fixture
def screenshot():
    """Return a function that keeps a picture of the whole page under a name."""

    def keep(page, name):
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        path = SCREENSHOTS / f"{name}.png"
        page.screenshot(path=path, full_page=True)
        return path

    return keep


def too_small(page, targets=TARGETS):
    """Return what a finger would miss, each with its width and height, once the style sheets are there."""
    page.wait_for_load_state()
    boxes = page.locator(targets).evaluate_all(
        "all => all.filter(e => e.checkVisibility())"
        ".map(e => [e.innerText || e.value || e.name || e.outerHTML, e.offsetWidth, e.offsetHeight])"
    )
    assert boxes
    return [box for box in boxes if min(box[1:]) < FINGER]


def too_wide(page):
    """Return by how many pixels the page is wider than its window, once the style sheets are there."""
    page.wait_for_load_state()
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
