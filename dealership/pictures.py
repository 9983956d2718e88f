"""Pictures people send: read carefully, written anew, so that nothing but the picture is kept."""

import base64
import hashlib
import io
from typing import IO, Any
from uuid import uuid4

from django.core.files.base import ContentFile
from PIL import Image, ImageOps, UnidentifiedImageError

LARGEST_FILE = 12 * 1024 * 1024  # bytes as sent; a tablet sends a few hundred KB, a telephone up to eight MB
MOST_PIXELS = 60_000_000  # known from the header, before anything is unpacked
KEPT_EDGE = 1600  # pixels of the longer edge
KEPT_BYTES = 500 * 1024
QUALITIES = (82, 70, 55, 40)
FORMATS = ["JPEG", "PNG", "WEBP"]


class PictureUnreadable(ValueError):
    """Not a picture of a kind we keep, or a broken one."""


class PictureTooLarge(ValueError):
    """More bytes or more pixels than a camera makes."""


def rewritten(file: IO[bytes], edge: int = KEPT_EDGE, most: int = KEPT_BYTES) -> bytes:
    """Return the picture as a plain upright JPEG of at most so many pixels and bytes.

    What else the file carried stays behind: place and time of the camera, thumbnails, comments, colour profiles.
    Raises PictureUnreadable, PictureTooLarge.
    """
    sent = file.read(LARGEST_FILE + 1)
    if len(sent) > LARGEST_FILE:
        raise PictureTooLarge
    try:
        with Image.open(io.BytesIO(sent), formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise PictureTooLarge
            picture.draft("RGB", (edge, edge))  # a JPEG is unpacked only as large as needed
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((edge, edge))
            return compressed(on_white(upright), most)
    except Image.DecompressionBombError as error:
        raise PictureTooLarge from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, MemoryError) as error:
        if isinstance(error, PictureTooLarge):
            raise
        raise PictureUnreadable from error


def attach(row: Any, picture: bytes) -> None:
    """Store the file of a row to be written, a plain JPEG; `size` in bytes and `fingerprint` (SHA-256) go with it."""
    row.size, row.fingerprint = len(picture), hashlib.sha256(picture).hexdigest()
    # A name nobody can guess and no person chose; a file left over by a rollback is reachable by no row.
    row.picture.save(f"{uuid4().hex}.jpg", ContentFile(picture), save=False)


def on_white(picture: Image.Image) -> Image.Image:
    """Return a new picture without transparency and without what came with the old one."""
    drawn = picture.convert("RGBA")
    paper = Image.new("RGB", drawn.size, "white")
    paper.paste(drawn, mask=drawn.getchannel("A"))
    return paper


def compressed(picture: Image.Image, most: int) -> bytes:
    """Write the JPEG at the best quality that stays below so many bytes; smaller where even the worst does not."""
    while True:
        for quality in QUALITIES:
            kept = io.BytesIO()
            picture.save(kept, "JPEG", quality=quality, optimize=True)
            if kept.tell() <= most:
                return kept.getvalue()
        picture = picture.resize((max(1, picture.width * 3 // 4), max(1, picture.height * 3 // 4)))


def data_url(picture: bytes) -> str:
    """Write a JPEG so that a page or a paper can hold it itself."""
    return "data:image/jpeg;base64," + base64.b64encode(picture).decode()
