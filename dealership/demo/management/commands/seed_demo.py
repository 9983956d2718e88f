"""Load the demo day into an empty database."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from dealership.demo import seeding
from dealership.staff.models import User


class Command(BaseCommand):
    help = "Load a believable day of a dealership into an empty database."

    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.exists():
            raise CommandError("This database already has users; the demo day is loaded only into an empty one.")
        made = seeding.make_day(timezone.now())
        self.stdout.write(f"The demo day of {made.store} is loaded; `manage.py demo_logins` lists who can log in.")
