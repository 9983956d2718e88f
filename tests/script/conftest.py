"""The start program lives beside `script/run`, outside every package: its modules are imported as it imports them."""

import signal
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "script"))


@pytest.fixture
def own_signals():
    """Give back the signal handlers that the start program takes over."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)
