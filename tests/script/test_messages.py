"""The catalogue: what is gathered from sources and templates, and which faults are told."""

import gettext

import desk_messages
import pytest

PAGE = """{% load i18n %}
<div>
    {% translate "Plain" %} {% translate "May" context "month" %}
    {% blocktranslate count n=cars|length %}{{ n }} car{% plural %}{{ n }} cars{% endblocktranslate %}
</div>
"""
MODULE = """
from django.utils.translation import gettext as _, gettext_lazy, ngettext, pgettext_lazy
A = _("Plain")
def f(n):
    return ngettext("%(n)d day", "%(n)d days", n), gettext_lazy("Lazy {name}"), pgettext_lazy("verb", "Book"), _(n)
"""


@pytest.fixture
def tree(tmp_path, monkeypatch):
    monkeypatch.setattr(desk_messages, "ROOT", tmp_path)
    monkeypatch.setattr(desk_messages, "CATALOGUE", tmp_path / "locale" / "django.po")
    (tmp_path / "templates").mkdir()
    (tmp_path / "dealership").mkdir()
    (tmp_path / "templates" / "page.html").write_text(PAGE)
    (tmp_path / "dealership" / "module.py").write_text(MODULE)
    return tmp_path


def translate(**strings):
    """Write each translation into the catalogue as a person would, by its English text."""
    text = desk_messages.CATALOGUE.read_text()
    for english, chinese in strings.items():
        head, _, rest = text.partition(f'"{english}"\n')
        text = f'{head}"{english}"\n' + rest.replace('""', f'"{chinese}"', 1)
    desk_messages.CATALOGUE.write_text(text)


def all_translated():
    translate(**{"Plain": "普通", "May": "五月", "Book": "预约", "Lazy {name}": "懒 {name}"})
    translate(**{"%(n)d days": "%(n)d 天", "%(n)s cars": "%(n)s 辆车"})


def test_gathering_finds_every_kind_of_text(tree):
    found = {(message.id, message.context) for message in desk_messages.gathered() if message.id}
    assert found == {
        ("Plain", None),
        ("May", "month"),
        (("%(n)s car", "%(n)s cars"), None),
        (("%(n)d day", "%(n)d days"), None),
        ("Lazy {name}", None),
        ("Book", "verb"),
    }


def test_a_complete_catalogue_has_no_faults_and_compiles(tree):
    desk_messages.update()
    all_translated()
    assert desk_messages.faults() == []
    with desk_messages.compile_catalogue().open("rb") as compiled:
        chinese = gettext.GNUTranslations(compiled)
    assert [chinese.ngettext("%(n)d day", "%(n)d days", n) for n in (1, 2)] == ["%(n)d 天"] * 2
    assert chinese.pgettext("month", "May") == "五月"


def test_updating_keeps_translations_and_changes_nothing_twice(tree):
    desk_messages.update()
    all_translated()
    desk_messages.update()
    once = desk_messages.CATALOGUE.read_bytes()
    desk_messages.update()
    assert desk_messages.CATALOGUE.read_bytes() == once
    assert desk_messages.faults() == []


def test_a_text_that_is_gone_is_dropped(tree):
    desk_messages.update()
    (tree / "templates" / "page.html").unlink()
    assert any("no longer in the sources: 'May'" in line for line in desk_messages.faults())
    desk_messages.update()
    assert "May" not in desk_messages.CATALOGUE.read_text()


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (("普通", ""), "not translated: 'Plain'"),
        (("懒 {name}", "懒 {nane}"), "other placeholders than the source: 'Lazy {name}'"),
        (("%(n)d 天", "%(m)d 天"), "other placeholders than the source: ('%(n)d day'"),
        (('msgid "Plain"', '#, fuzzy\nmsgid "Plain"'), "marked fuzzy: 'Plain'"),
        (('msgid "Plain"', 'msgid "Plainer"'), "not in the catalogue: 'Plain'"),
    ],
)
def test_each_fault_is_told(tree, change, fault):
    desk_messages.update()
    all_translated()
    text = desk_messages.CATALOGUE.read_text()
    assert change[0] in text
    desk_messages.CATALOGUE.write_text(text.replace(*change))
    assert any(line.startswith(fault) for line in desk_messages.faults())
