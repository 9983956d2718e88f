"""QR codes on papers, drawn when they are printed."""

import io

import segno


def drawn(address: str, *, scale: int, border: int) -> bytes:
    """Return the code of an address as SVG; error correction M bears a crease or a drop of oil."""
    picture = io.BytesIO()
    segno.make_qr(address, error="m").save(picture, kind="svg", scale=scale, border=border)
    return picture.getvalue()
