"""Signatures as hands would leave them: a seeded scribble per person, black on white."""

import io
import random

from PIL import Image, ImageDraw

SIZE = (400, 160)


def drawn(name: str) -> bytes:
    """Return a PNG; the same name always signs the same way."""
    hand = random.Random(name)
    picture = Image.new("L", SIZE, 255)
    pen = ImageDraw.Draw(picture)
    for stroke in range(len(name) + 1):
        left = 30 + stroke * 320 // (len(name) + 1)
        points = [(left + hand.randint(0, 90), hand.randint(25, 135)) for _point in range(5)]
        pen.line(points, fill=0, width=4, joint="curve")
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()
