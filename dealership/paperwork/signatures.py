"""A signature drawn on the screen: from the browser's data URL to a small clean PNG."""

import base64
import binascii
import io

from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

MAX_BYTES = 512 * 1024  # of the PNG as sent; a drawn line takes 5 to 40 KB
MAX_PIXELS = 4000 * 2000
MIN_INK = 60  # pixels that differ from the background; a dot by accident has fewer
KEPT_SIZE = (1200, 600)
PREFIX = "data:image/png;base64,"


class SignatureUnreadable(Exception):
    """Not a signature; `str(error)` is a sentence for the person at the screen."""


def png_from_data_url(text: str) -> bytes:
    """Return a freshly written PNG, black on white; raises SignatureUnreadable for anything but a drawn picture."""
    if not text.startswith(PREFIX):
        raise SignatureUnreadable(_("Please sign in the box."))
    if len(text) > len(PREFIX) + MAX_BYTES * 4 // 3 + 4:
        raise SignatureUnreadable(_("The signature is too large. Please clear the box and sign again."))
    try:
        sent = base64.b64decode(text.removeprefix(PREFIX), validate=True)
        with Image.open(io.BytesIO(sent), formats=["PNG"]) as picture:
            return rewritten(picture)
    except (binascii.Error, UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise SignatureUnreadable(_("The signature could not be read. Please clear the box and sign again.")) from None


def rewritten(picture: Image.Image) -> bytes:
    """Draw the picture anew: whatever else the file carried stays behind."""
    if picture.width * picture.height > MAX_PIXELS:  # known from the header, before anything is unpacked
        raise SignatureUnreadable(_("The signature is too large. Please clear the box and sign again."))
    drawn = picture.convert("RGBA")
    paper = Image.new("RGBA", drawn.size, "white")
    grey = Image.alpha_composite(paper, drawn).convert("L")
    if ink(grey) < MIN_INK:
        raise SignatureUnreadable(_("The box is still empty. Please sign in it."))
    grey.thumbnail(KEPT_SIZE)
    kept = io.BytesIO()
    grey.save(kept, "PNG", optimize=True)
    return kept.getvalue()


def ink(grey: Image.Image) -> int:
    """Count the pixels clearly darker or lighter than the background, which is the commonest shade."""
    shades = grey.histogram()
    background = shades.index(max(shades))
    return sum(count for shade, count in enumerate(shades) if abs(shade - background) > 48)
