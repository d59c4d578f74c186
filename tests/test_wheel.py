"""A wheel carries all that quizgen needs, and works from any directory."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, built without network, unpacked as pip would install it."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    done = subprocess.run([*build, "-w", str(folder), str(ROOT)], capture_output=True, encoding="utf-8", timeout=120)
    assert done.returncode == 0, done.stderr
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def run(site: Path, folder: Path, *arguments: str, stdin: str = "") -> str:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(site), "QUIZGEN_HOME": str(folder / "home")}
    done = subprocess.run(
        [sys.executable, "-P", "-m", "quizgen", *arguments],
        cwd=folder,
        input=stdin,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_carries_templates_banks_languages_and_licence(unpacked: Path) -> None:
    for folder, packed in ((ROOT / "templates", "_templates"), (ROOT / "banks", "_banks")):
        names = {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}
        assert names
        assert names == {path.relative_to(unpacked / "quizgen" / packed) for path in
                         (unpacked / "quizgen" / packed).rglob("*") if path.is_file()}  # fmt: skip
    assert {path.name for path in (unpacked / "quizgen" / "languages").iterdir()} >= {"en.toml", "ja.toml"}
    assert list(unpacked.glob("*.dist-info/**/LICENSE"))


def test_a_drill_of_the_wheel_asks_from_its_banks(unpacked: Path, tmp_path: Path) -> None:
    assert "Q1" in run(unpacked, tmp_path, "drill", "--count", "1", "--lang", "en", stdin="1\n")


def test_a_worksheet_of_the_wheel_is_written_where_one_is(unpacked: Path, tmp_path: Path) -> None:
    run(unpacked, tmp_path, "worksheet", "--family", "shopping", "--count", "1", "-o", "sheet.md")
    assert (tmp_path / "sheet.md").is_file()
