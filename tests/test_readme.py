"""README is true: its examples are run, and its family is added as a new user would add it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pictures
import pytest

ROOT = Path(__file__).parent.parent
READMES = sorted(ROOT.glob("README*.md"))
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(readme: Path, language: str) -> list[str]:
    return [body for kind, body in BLOCK.findall(readme.read_text("utf-8")) if kind == language]


def examples(readme: Path) -> list[tuple[str, str]]:
    """Each command of the console blocks, and what stands below it."""
    found: list[tuple[str, str]] = []
    for block in blocks(readme, "console"):
        for line in block.splitlines(keepends=True):
            if line.startswith("$ "):
                found.append((line[2:].strip(), ""))
            else:
                found[-1] = (found[-1][0], found[-1][1] + line)
    return found


def run(commands: list[str], folder: Path, language: str) -> list[str]:
    """What each command prints, in a new home, one after the other in `folder`."""
    tools = folder / "bin"
    tools.mkdir()
    (tools / "quizgen").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m quizgen "$@"\n', "utf-8")
    (tools / "quizgen").chmod(0o755)
    environment = {
        "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "LANG": language,
        "QUIZGEN_HOME": str(folder / "home"),
    }
    printed = []
    for command in commands:
        done = subprocess.run(
            ["bash", "-c", command], cwd=folder, env=environment, encoding="utf-8", stdout=-1, stderr=-2, timeout=120
        )
        printed.append(done.stdout)
    return printed


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_the_two_commands_stand_first(readme: Path) -> None:
    first, second, *_ = blocks(readme, "sh")
    assert first == "pip install . && quizgen drill\n"
    assert second == "pip install -e '.[dev]' && pytest\n"


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_the_examples_print_what_they_are_said_to_print(readme: Path, tmp_path: Path) -> None:
    for source in blocks(readme, "toml"):
        (tmp_path / re.match(r"# (\S+)", source)[1]).write_text(source, "utf-8")  # type: ignore[index]
    wanted = examples(readme)
    assert len(wanted) >= 5
    language = "ja_JP.UTF-8" if ".ja." in readme.name else "C.UTF-8"
    for (command, text), printed in zip(wanted, run([each for each, _ in wanted], tmp_path, language), strict=True):
        assert printed == text, command


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_shell_examples_run(readme: Path, tmp_path: Path) -> None:
    commands = [line for block in blocks(readme, "sh") for line in block.splitlines() if line.startswith("quizgen ")]
    assert commands
    run(commands, tmp_path, "C.UTF-8")
    assert (tmp_path / "monday.pdf").read_bytes().startswith(b"%PDF")


def test_the_family_of_the_readme_is_found_and_tested_by_being_there(tmp_path: Path) -> None:
    """Copies the project, saves the file as README says, and runs the project's own tests of families."""
    for name in ("quizgen", "tests", "templates", "pyproject.toml"):
        target = tmp_path / name
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, target)
    (tmp_path / "banks").mkdir()
    for readme in READMES:
        (source,) = blocks(readme, "python")
        (tmp_path / "quizgen" / "families" / "paint.py").write_text(source, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n0", "-p", "no:cacheprovider", "tests/test_families.py", "-k", "paint"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(tmp_path), "HOME": str(tmp_path)},
        capture_output=True,
        encoding="utf-8",
        timeout=200,
    )
    assert done.returncode == 0, done.stdout
    assert re.search(r"\b2\d passed", done.stdout), done.stdout


@pytest.mark.skipif(
    any(version(name) != made for name, made in pictures.MADE_WITH.items()),
    reason="another version of typst or rich sets lines its own way",
)
def test_the_pictures_show_what_the_command_makes() -> None:
    made = pictures.pictures()
    assert {path.name: path.read_bytes() for path in pictures.FOLDER.iterdir()} == made
    shown = re.findall(r"\]\(\.github/(.*?)\)", "".join(readme.read_text("utf-8") for readme in READMES))
    assert sorted(shown) == sorted(made)


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_every_command_is_told_of(readme: Path) -> None:
    text = readme.read_text("utf-8")
    banks = [f"bank {name}" for name in ("build", "check", "show", "diff", "merge", "pick")]
    for command in ("drill", "worksheet", "explain", "families", "progress", *banks):
        assert f"quizgen {command}" in text, command
