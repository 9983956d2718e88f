"""One process that delivers what is due: says "ready", waits for a line, sends, and says how many were accepted."""

import sys

import django
from django.utils import timezone

if __name__ == "__main__":
    django.setup()
    from dealership.outbox import delivery
    from tests.outbox import crashing  # noqa: F401 - points this process to the test's mail server

    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    sys.stdout.write(f"{delivery.deliver_due(timezone.now)}\n")
