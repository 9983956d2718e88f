"""Pictures are written anew: whatever a file carries besides its picture stays behind, and nothing else gets in."""

import io
import random
import struct
import zlib

import pytest
from PIL import Image, ImageDraw

from dealership import pictures

GPS, MAKE, DATETIME, ORIENTATION = 0x8825, 0x010F, 0x0132, 0x0112
SECRET = b"GPS-31.2304-121.4737"


def drawn(size=(640, 480)):
    picture = Image.new("RGB", size, "white")
    ImageDraw.Draw(picture).line([(0, 0), size], fill="red", width=9)
    return picture


def file_of(kind, size=(640, 480), **details):
    kept = io.BytesIO()
    drawn(size).save(kept, kind, **details)
    return kept.getvalue()


def rewritten(content, **limits):
    return pictures.rewritten(io.BytesIO(content), **limits)


def exif(orientation=1):
    facts = Image.Exif()
    facts[MAKE], facts[DATETIME], facts[ORIENTATION] = "Spy " + SECRET.decode(), "2026:11:24 09:00:00", orientation
    facts.get_ifd(GPS).update({1: "N", 2: (31.0, 13.0, 49.0), 3: "E", 4: (121.0, 28.0, 25.0), 29: SECRET.decode()})
    return facts


def png_chunk(name, body):
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def bomb(width, height):
    """A PNG of a few KB that unpacks to gigabytes."""
    head = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + png_chunk(b"IDAT", zlib.compress(b"\0" * 100_000)) + png_chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_place_and_time_of_the_camera_stay_behind(kind):
    sent = file_of(kind, exif=exif())
    assert SECRET in sent, "the file that was sent does say where it was taken"
    kept = rewritten(sent)
    assert SECRET not in kept
    with Image.open(io.BytesIO(kept)) as picture:
        assert picture.format == "JPEG"
        assert dict(picture.getexif()) == {}
        assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_stands_upright(orientation):
    kept = rewritten(file_of("JPEG", (640, 480), exif=exif(orientation)))
    with Image.open(io.BytesIO(kept)) as picture:
        assert picture.size == ((640, 480) if orientation <= 4 else (480, 640))


@pytest.mark.parametrize("size", [(1, 1), (3, 2000), (1600, 1200), (6000, 4000), (9000, 300)])
def test_a_picture_is_kept_no_larger_than_a_screen_shows(size):
    kept = rewritten(file_of("JPEG", size))
    assert len(kept) <= pictures.KEPT_BYTES
    with Image.open(io.BytesIO(kept)) as picture:
        assert max(picture.size) <= pictures.KEPT_EDGE


def test_noise_that_does_not_compress_is_made_smaller():
    noise = Image.frombytes("RGB", (1600, 1600), random.Random(4).randbytes(1600 * 1600 * 3))
    file = io.BytesIO()
    noise.save(file, "PNG")
    assert len(rewritten(file.getvalue(), most=40_000)) <= 40_000


@pytest.mark.parametrize(
    "tail",
    [
        b"<?php system($_GET['c']); ?>", b"<script>alert(1)</script>", b"PK\x03\x04" + b"0" * 60, b"%PDF-1.4\n%%EOF",
        b"MZ" + b"\0" * 64, b"#!/bin/sh\nrm -rf /", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_what_hangs_on_a_picture_is_cut_off(kind, tail):
    assert tail not in rewritten(file_of(kind) + tail)


@pytest.mark.parametrize("comment", [b"<script>alert(1)</script>", b"<?php phpinfo();", b"\xff" * 300])
def test_what_is_written_inside_a_picture_is_left_out(comment):
    sent = file_of("JPEG", comment=comment)
    assert comment in sent
    assert comment not in rewritten(sent)


@pytest.mark.parametrize(("width", "height"), [(50_000, 50_000), (30_000, 30_000), (60_001, 1000), (2**31 - 1, 2)])
def test_a_bomb_is_not_unpacked(width, height):
    with pytest.raises((pictures.PictureTooLarge, pictures.PictureUnreadable)):
        rewritten(bomb(width, height))


def test_more_bytes_than_a_camera_makes_are_not_read():
    with pytest.raises(pictures.PictureTooLarge):
        rewritten(file_of("JPEG") + b"\0" * pictures.LARGEST_FILE)


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "ICO", "PPM", "PCX", "TGA", "PDF", "EPS", "JPEG2000", "SGI"])
def test_other_formats_are_refused(kind):
    with pytest.raises(pictures.PictureUnreadable):
        rewritten(file_of(kind, (64, 48)))


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\0", b"x" * 4000, b"\xff\xd8\xff", b"\xff\xd8\xff\xe0" + b"\0" * 400, b"\x89PNG\r\n\x1a\n",
        b"RIFF\0\0\0\0WEBPVP8 ", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<?xml version='1.0'?><!DOCTYPE svg [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><svg>&a;</svg>",
        b"<html><body onload=alert(1)>", b"push graphic-context\nfill 'url(https://evil/|ls)'",
        b"\x00\x00\x00\x18ftypheic",
        b"%!PS-Adobe-3.0 EPSF-3.0\n(evil) run", b"GIF89a=1;alert(1)//", b"PK\x03\x04", b"\x1f\x8b\x08" + b"\0" * 40,
    ],
    ids=lambda content: repr(content[:14]),
)  # fmt: skip
def test_what_is_no_picture_is_refused(content):
    with pytest.raises(pictures.PictureUnreadable):
        rewritten(content)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("seed", range(40))
def test_a_broken_picture_is_refused_or_kept_clean(kind, seed):
    """Cut short, bits turned, pieces swapped: whatever happens is an answer, never an error nobody expects."""
    chance = random.Random(f"{kind}{seed}")
    sent = bytearray(file_of(kind, (160, 120), exif=exif()))
    for _change in range(chance.randint(1, 12)):
        sent[chance.randrange(len(sent))] = chance.randrange(256)
    if chance.random() < 0.5:
        del sent[chance.randrange(len(sent)) :]
    try:
        kept = rewritten(bytes(sent))
    except (pictures.PictureUnreadable, pictures.PictureTooLarge):
        return
    assert SECRET not in kept
    with Image.open(io.BytesIO(kept)) as picture:
        picture.load()
        assert picture.format == "JPEG"
