"""A paper as a PDF in one file, for the copy a customer takes away by e-mail.

Made by Typst from templates/paperwork/sheet.typ: it writes Chinese, breaks pages and needs nothing but two wheels.
What people wrote goes in as data, so that nothing of it is read as markup, and no file of the machine is in reach.
"""

import base64
import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn
import typst
from django.conf import settings
from django.utils import dateformat, timezone, translation
from django.utils.formats import get_format
from django.utils.translation import gettext as _

from dealership.paperwork import codes
from dealership.paperwork.kinds import Copy
from dealership.paperwork.models import IssuedDocument, Signature

TEMPLATE = settings.BASE_DIR / "templates" / "paperwork" / "sheet.typ"


@cache
def fonts() -> typst.Fonts:
    """Return the fonts of our packages only, so that a paper looks the same on every machine; searched once."""
    return typst.Fonts(include_system_fonts=False, font_paths=[str(Path(pylopdf_fonts_zh_cn.__file__).parent)])


def written(paper: IssuedDocument, signatures: Iterable[Signature]) -> bytes:
    """Return the customer's copy of the paper in its own language, with what was signed under it so far."""
    with translation.override(paper.language), timezone.override(paper.store.zone):
        data = json.dumps(sheet(paper, signatures))
    return typst.compile(
        TEMPLATE.read_bytes(),
        font_paths=fonts(),
        sys_inputs={"paper": data},
        timestamp=int(paper.issued_at.timestamp()),
    )


def sheet(paper: IssuedDocument, signatures: Iterable[Signature]) -> dict[str, Any]:
    """Return all that the template reads."""
    pictures = [{**picture, "bytes": unpacked(picture["data"])} for picture in paper.content.get("pictures", [])]
    return {
        "title": paper.title,
        "number": paper.number,
        "short": paper.short_fingerprint,
        "fingerprint": paper.fingerprint,
        "fingerprint_label": _("Fingerprint"),
        "code_label": _("Code"),
        "copy": str(Copy.CUSTOMER.label),
        "lang": paper.language[:2],
        "region": "cn" if paper.language.startswith("zh") else "gb",
        "sections": paper.sections,
        "content": {**paper.content, "pictures": pictures, "code": code_of(paper)},
        "signatures": [signed_line(signed) for signed in signatures],
    }


def code_of(paper: IssuedDocument) -> dict[str, Any]:
    """Return the paper's own code with its drawing; the quiet margin belongs to it, or no telephone finds it."""
    code = paper.content.get("code")
    return {**code, "bytes": list(codes.drawn(code["address"], scale=6, border=4))} if code else {}


def unpacked(data: str) -> list[int]:
    return list(base64.b64decode(data.partition(",")[2]))


def signed_line(signed: Signature) -> dict[str, Any]:
    moment = dateformat.format(timezone.localtime(signed.signed_at), get_format("SHORT_DATETIME_FORMAT"))
    why = f"{_('Not signed')} ({signed.get_unsigned_display()}): {signed.reason}" if signed.unsigned else ""
    seen = f", {_('Witness')}: {signed.witness}" if signed.witness else ""
    return {
        "bytes": list(bytes(signed.image or b"")),
        "why": why + seen,
        "who": f"{signed.get_role_display()}: {signed.signer_name}, {moment}",
    }
