"""The words of the letter a copy of a paper travels in."""

from django.template.defaultfilters import date
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from dealership.paperwork.models import IssuedDocument


def letter(paper: IssuedDocument) -> dict[str, str]:
    """Return subject and body in the paper's language."""
    with translation.override(paper.language), timezone.override(paper.store.zone):
        words = {
            "title": paper.title[:60],
            "number": paper.number,
            "store": paper.content["store"]["name"],
            "when": date(timezone.localtime(paper.issued_at), "SHORT_DATETIME_FORMAT"),
            "fingerprint": paper.fingerprint,
            "phone": paper.content["store"]["phone"],
        }
        return {"subject": _("%(title)s %(number)s") % words, "body": body() % words}


def body() -> str:
    return _(
        "Hello,\n\n"
        "you asked for a copy of this paper: %(title)s %(number)s, issued on %(when)s. It is attached as a PDF.\n\n"
        "Fingerprint: %(fingerprint)s\n"
        "It is the same as on the printed sheet; with any difference, please ask us.\n\n"
        "%(store)s %(phone)s\n"
    )
