"""Bring the database up to date: `python desk_database.py`, run inside the environment that holds Django.

One process connects, migrates and looks for users, since each start of Django costs a second. Its last line is
`users` or `no users`; exit code 3 means that the last line is a sentence for the person at the keyboard.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import OperationalError, connection

REFUSED = 3


def main() -> int:
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dealership.settings")
    os.environ.setdefault("PGCONNECT_TIMEOUT", "10")  # seconds; without it a silent host holds the start for minutes
    try:
        django.setup()
        connection.ensure_connection()
    except ImproperlyConfigured as problem:
        print(f"The settings do not fit: {str(problem).splitlines()[0]}")
        return REFUSED
    except OperationalError as problem:
        print(problem)
        print(unreachable(connection.settings_dict))
        return REFUSED
    call_command("migrate", interactive=False, verbosity=1)
    print("users" if any_user() else "no users")
    return 0


def unreachable(database: dict[str, object]) -> str:
    """Name the database without its password."""
    place = f" at {database['HOST']}:{database['PORT'] or 'its usual port'}" if database["HOST"] else ""
    return f"The database {database['NAME']}{place} cannot be reached; check that it runs and DATABASE_URL is right."


def any_user() -> bool:
    from django.contrib.auth import get_user_model  # models exist only after django.setup()

    return get_user_model().objects.exists()


if __name__ == "__main__":
    sys.exit(main())
