"""Templates under a strict policy: nothing inline, one skeleton, nothing outside our own addresses."""

import re

import pytest

from tests.architecture import tree

SKELETONS = {"base.html", "500.html"}  # the page of last resort leans on nothing
COMMENT = re.compile(r"{#.*?#}|{% comment %}.*?{% endcomment %}", re.DOTALL)
INLINE = {
    r"<script(?![^>]*\bsrc=)[^>]*>": "a script lives in static/ (json_script data excepted, which the filter writes)",
    r"<style\b": "styles live in static/",
    r"\sstyle\s*=": "styles live in static/",
    r"\son[a-z]+\s*=": "handlers are attached by scripts in static/",
    r"(?:src|href)\s*=\s*[\"'](?:https?:)?//": "the pages work with no internet",
    r"javascript:": "links lead to addresses",
}


def bare(path):
    return COMMENT.sub("", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(("pattern", "why"), INLINE.items())
def test_nothing_is_inline(pattern, why):
    pages = [path for path in tree.templates() if path.suffix == ".html"]
    found = [f"{tree.shown(path)}: {m[0]}" for path in pages for m in re.finditer(pattern, bare(path), re.IGNORECASE)]
    assert found == [], why


def test_every_page_extends_the_skeleton():
    """A template is a skeleton, extends one, is a part (`_part`, `_name`, ui/) or is included by another."""
    pages = {tree.template_name(path): bare(path) for path in tree.templates() if path.suffix == ".html"}
    included = {name for text in pages.values() for name in re.findall(r"{%\s*include\s+[\"']([^\"']+)", text)}
    loose = [
        name
        for name, text in pages.items()
        if not re.match(r"\s*{%\s*extends\s", text)
        and name not in SKELETONS | included
        and not re.search(r"(^|/)_|_part\.html$|^ui/|(^|/)print/|^emails?/", name)
    ]
    assert loose == []
