"""From what a browser (or somebody who pretends to be one) sends to a clean picture."""

import base64
import io

import pytest
from django import forms
from PIL import Image, PngImagePlugin

from dealership.paperwork import signatures
from dealership.paperwork.forms import SignatureField
from tests.paperwork.conftest import drawn


def data_url(png):
    return "data:image/png;base64," + base64.b64encode(png).decode()


def test_drawn_line_becomes_a_png():
    with Image.open(io.BytesIO(signatures.png_from_data_url(data_url(drawn())))) as picture:
        assert (picture.format, picture.size, picture.mode) == ("PNG", (400, 160), "L")


def test_transparent_canvas_becomes_black_on_white():
    picture = Image.new("RGBA", (300, 100), (0, 0, 0, 0))
    picture.paste((17, 17, 17, 255), (20, 20, 120, 30))
    kept = io.BytesIO()
    picture.save(kept, "PNG")
    with Image.open(io.BytesIO(signatures.png_from_data_url(data_url(kept.getvalue())))) as clean:
        assert clean.getpixel((5, 5)) == 255
        assert clean.getpixel((50, 25)) < 40


def test_large_canvas_is_made_smaller():
    with Image.open(io.BytesIO(signatures.png_from_data_url(data_url(drawn((2400, 900)))))) as picture:
        assert picture.width <= 1200
        assert picture.height <= 600


def test_what_else_the_file_carried_stays_behind():
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", "<script>alert(1)</script>")
    kept = io.BytesIO()
    Image.open(io.BytesIO(drawn())).save(kept, "PNG", pnginfo=info)
    assert b"script" not in signatures.png_from_data_url(data_url(kept.getvalue() + b"<script>"))


def other_format(name):
    kept = io.BytesIO()
    Image.open(io.BytesIO(drawn())).save(kept, name)
    return kept.getvalue()


@pytest.mark.clause("2.2.11.10")
@pytest.mark.parametrize(
    "sent",
    [
        "",
        "not a picture",
        "data:image/svg+xml;base64,PHN2Zy8+",
        "data:image/png;base64,",
        "data:image/png;base64,@@@",
        "data:image/png;base64,äöü",
        data_url(b"\x89PNG\r\n\x1a\n"),
        data_url(drawn()[:-30]),
        data_url(other_format("GIF")),
        data_url(other_format("JPEG")),
        data_url(drawn(ink=None)),
        data_url(drawn(ink=None, paper="black")),
        data_url(drawn((5000, 3000))),
        data_url(b"\x00" * (signatures.MAX_BYTES + 10)),
    ],
    ids=[
        "nothing",
        "text",
        "svg",
        "no data",
        "no base64",
        "no ascii",
        "header only",
        "cut off",
        "gif",
        "jpeg",
        "white",
        "black",
        "too many pixels",
        "too many bytes",
    ],
)
def test_anything_else_is_refused_with_a_sentence(sent):
    with pytest.raises(signatures.SignatureUnreadable) as refusal:
        signatures.png_from_data_url(sent)
    assert str(refusal.value)


class Form(forms.Form):
    signature = SignatureField()
    witness = SignatureField(required=False)


def test_field_cleans_to_png_bytes():
    form = Form({"signature": data_url(drawn())})
    assert form.is_valid()
    assert form.cleaned_data["signature"].startswith(b"\x89PNG")
    assert form.cleaned_data["witness"] == b""


@pytest.mark.parametrize("sent", ["", data_url(drawn(ink=None)), "junk"])
def test_field_says_what_is_missing(sent):
    form = Form({"signature": sent})
    assert not form.is_valid()
    assert form.errors["signature"]


def test_widget_keeps_what_was_drawn_and_holds_nothing_inline():
    html = str(Form({"signature": data_url(drawn()), "witness": '"><script>alert(1)</script>'}))
    assert data_url(drawn()) in html
    assert "<script>" not in html
    assert "onclick" not in html
    assert " style=" not in html
    media = str(Form().media)
    assert media.index("signature_pad.umd.min.js") < media.index("js/signature.js")
