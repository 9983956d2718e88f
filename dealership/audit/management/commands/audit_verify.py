"""Walk every chain of the audit and say what was tampered with."""

from argparse import ArgumentParser
from collections import Counter
from itertools import chain
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from dealership.audit import verify
from dealership.audit.models import Chain


class Command(BaseCommand):
    help = "Check that no event about money or consent was edited, deleted, inserted, reordered or cut off."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--anchor", action="append", default=[], metavar="SEQUENCE:HASH",
            help="a head that was kept outside (printed at the end of an earlier run); may be given more than once",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        counts: Counter[str] = Counter()
        anchors = chain(options["anchor"], verify.kept_anchors(settings.AUDIT_ANCHORS))
        found = 0
        for line in verify.findings(timezone.now(), anchors, counts):
            found += 1
            self.stdout.write(line)
        self.stdout.write(
            f"Looked at {counts['events']} events in {counts['chains']} chains, {counts['acts']} acts and "
            f"{counts['anchors']} anchors."
        )
        for head in Chain.objects.filter(length__gt=0).select_related("store").order_by("pk"):
            self.stdout.write(f"Anchor of {head.name}: {head.anchor}")
        if found:
            raise CommandError(f"Not as the desk wrote it: {found} findings.")
        self.stdout.write("All is as the desk wrote it. Keep the anchors where the database's owner cannot reach them.")
