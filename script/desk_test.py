"""Prepares the environment of the checks, then hands over to it: `script/test` starts here on a bare Python."""

from __future__ import annotations

import os
import sys

import desk_assets
import desk_setup

DATA = desk_setup.ROOT / ".local" / "test"
LOCKS = (desk_setup.RUNTIME, desk_setup.ROOT / "tests" / "requirements.txt")


def main() -> None:
    log = DATA / "log" / "setup.log"
    try:
        python = desk_setup.prepare(LOCKS, log=log)
        desk_assets.prepare(DATA / "assets", log=log)
    except desk_setup.CannotStart as reason:
        sys.exit(str(reason))
    checks = desk_setup.ROOT / "script" / "desk_checks.py"
    os.execv(python, [str(python), str(checks), *sys.argv[1:]])


if __name__ == "__main__":
    main()
