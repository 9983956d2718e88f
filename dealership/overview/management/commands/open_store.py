"""Open a new store without demo data: its name and its first manager."""

import getpass
from collections.abc import Callable
from datetime import time
from functools import partial
from typing import Any, cast

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.db.models import Field, Model
from django.utils import translation

from dealership.staff import operations
from dealership.staff.models import Store, User
from dealership.staff.roles import Role
from dealership.workshop import operations as workshop

USUAL_HOURS = [(time(8, 30), time(12)), (time(13), time(17, 30))]  # every day; the manager corrects them


class Command(BaseCommand):
    help = "Open a store and create its first after-sales manager."

    def add_arguments(self, parser: CommandParser) -> None:
        for name in ("name", "code", "username", "full-name", "password"):
            parser.add_argument(f"--{name}", help="asked for when left out")

    def handle(self, *args: Any, **options: Any) -> None:
        # Everything is asked before the first write: nobody keeps a transaction open while he thinks of a name.
        with translation.override("en"):
            name = self.ask(options["name"], "Name of the store", Store, "name")
            code = self.ask(options["code"], "Short code, begins every form's number (such as SH1)", Store, "code")
            username = self.ask(options["username"], "Log-in name of the first manager", User, "username")
            full_name = self.ask(options["full_name"], "The manager's full name", User, "full_name")
            password = options["password"] or self.ask_password(username)
            try:
                self.open(name, code.upper(), username, full_name, password)
            except ValidationError as error:
                raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"{name} is open; {username} can log in and take on people in the back office.")

    @transaction.atomic
    def open(self, name: str, code: str, username: str, full_name: str, password: str) -> None:
        validate_password(password, User(username=username))
        store = operations.open_store(name=name, code=code)
        for weekday in range(7):
            workshop.set_hours(store, weekday, USUAL_HOURS, by=None)
        operations.take_on(
            username=username,
            full_name=full_name,
            password=password,
            roles=[Role.AFTER_SALES_MANAGER],
            stores=[store],
        )

    def ask(self, given: str | None, question: str, model: type[Model], field: str) -> str:
        """Ask until the answer fits the field; what was given on the command line is checked with the rest."""
        while not given:
            answer = self.answer(input, f"{question}: ").strip()
            if self.fits(partial(cast("Field[Any, Any]", model._meta.get_field(field)).clean, answer, None)):
                given = answer
        return given

    def ask_password(self, username: str) -> str:
        while True:
            password = self.answer(getpass.getpass, "Password (10 characters or more): ")
            if not self.fits(partial(validate_password, password, User(username=username))):
                continue
            if password == self.answer(getpass.getpass, "The same again: "):
                return password
            self.stderr.write("The two were not the same. Once more.")

    def fits(self, check: Callable[[], object]) -> bool:
        """Say what is wrong with an answer at once, while it can be given again."""
        try:
            check()
        except ValidationError as error:
            self.stderr.write(" ".join(error.messages))
            return False
        return True

    def answer(self, read: Callable[[str], str], question: str) -> str:
        try:
            return read(question)
        except EOFError as error:
            raise CommandError("No answer: run this command in a terminal.") from error
