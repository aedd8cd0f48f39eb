from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

from artifolio.website import assetfiles
from artifolio.website.assetfiles import assets


def test_an_asset_gives_the_bytes_of_its_file():
    (found,) = (asset for asset in assets() if asset.path.endswith("/dt_bundle.js"))
    spec = importlib.util.find_spec("itables")
    assert spec is not None
    assert spec.origin is not None
    content = Path(spec.origin).with_name("html").joinpath("dt_bundle.js").read_bytes()
    assert found.output().content == content
    assert b" as default" in content


def test_assets_are_told_apart_without_being_read(monkeypatch):
    monkeypatch.setattr(Path, "read_bytes", lambda path: pytest_fail(path))
    stamps = {asset.path: asset.stamp for asset in assets()}
    assert all(len(stamp) == 2 for stamp in stamps.values())


def pytest_fail(path):
    raise AssertionError(f"{path} was read")


def test_an_edited_asset_has_another_stamp(tmp_path, monkeypatch):
    file = tmp_path / "assets" / "a.js"
    file.parent.mkdir()
    file.write_text("one")
    monkeypatch.setattr(assetfiles, "package_files", lambda package: tmp_path)
    (before,) = (asset.stamp for asset in assets() if asset.path.endswith("/a.js"))
    file.write_text("another")
    (after,) = (asset.stamp for asset in assets() if asset.path.endswith("/a.js"))
    assert after != before


def test_itables_itself_is_not_imported():
    list(assets())
    assert "itables" not in sys.modules


def test_without_itables_there_are_the_packages_own_files(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    names = [asset.path.rpartition("/")[2] for asset in assets()]
    assert "artifolio.js" in names
    assert "dt_bundle.js" not in names
