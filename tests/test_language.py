"""Languages: each whole, none mixed into another, and no word that nobody says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

import quizgen
from quizgen import families, language
from quizgen.bank import dump
from quizgen.cli.app import app
from quizgen.engine.layers import FUNCTIONS
from quizgen.generate import question_for
from quizgen.language import FALLBACK, Words, of_locale, text_in, words
from quizgen.misconceptions import catalogue
from quizgen.wording import Wording

PACKAGE = Path(quizgen.__file__).parent
OTHERS = [code for code in language.available() if code != FALLBACK]
PLACEHOLDER = re.compile(r"\{(\w+)\}")
JAPANESE = re.compile(r"[぀-ヿ一-鿿]")
# What a Japanese sentence may hold in Latin letters: names of things, units, commands and options.
LATIN = re.compile(r"`[^`]*`|\{[^}]*\}|--?[a-z-]+|https?://\S+|[A-Z][A-Z0-9_./=:-]+|\S*[.=/(\[…]\S*")


def own_keys(code: str) -> set[str]:
    return set(language._flat(language._load(code)))


def test_english_and_japanese_are_there() -> None:
    assert {"en", "ja"} <= set(language.available())


def test_japanese_lacks_nothing_and_adds_nothing() -> None:
    optional = ("typer.", "picture.layer.")  # there English is what typer and the symbols of layers say themselves

    def needed(code: str) -> set[str]:
        return {key for key in own_keys(code) if not key.startswith(optional)}

    assert needed("ja") == needed(FALLBACK)


@pytest.mark.parametrize("code", OTHERS)
def test_a_placeholder_of_a_language_is_one_of_english(code: str) -> None:
    for key in own_keys(code) & own_keys(FALLBACK):
        assert set(PLACEHOLDER.findall(words(code)[key])) <= set(PLACEHOLDER.findall(words(FALLBACK)[key])), key


def test_english_holds_no_japanese() -> None:
    for key in own_keys("en"):
        assert not JAPANESE.search(words("en")[key]), key


def test_japanese_holds_no_english_words() -> None:
    typed = [key for key in own_keys("ja") if key.startswith("drill.command.")]  # what is typed, in any language
    names = "quizgen sympy drill families worksheet progress entry choice graph after none separate family count toml"
    of_a_source = "price total value gradient local meaning languages one step number true false from points tea"
    names = (
        f"{names} {of_a_source} Schema multiplier rate upstream derivative cost subtotal tax moodle gift anki csv pdf"
    )
    known = {*names.split(), *FUNCTIONS}
    for key in own_keys("ja") - set(typed):
        plain = LATIN.sub(" ", words("ja")[key])
        assert set(re.findall(r"[A-Za-z]{3,}", plain)) <= known, key


def test_every_key_is_used_somewhere() -> None:
    code = "\n".join(path.read_text("utf-8") for path in PACKAGE.rglob("*.py"))
    code += "\n".join(path.read_text("utf-8") for path in (PACKAGE.parent / "templates").rglob("*") if path.is_file())
    for key in own_keys(FALLBACK) - {"name"}:
        last = key.rpartition(".")[2]
        used = f'"{last}"' in code or f".{last}" in code or f"'{last}'" in code or _composed(key, code)
        assert used, f"nothing says {key}"


def _composed(key: str, code: str) -> bool:
    """Whether the key is put together: f"kind.{kind}", f"step.{direction}" and the like."""
    return any(key.startswith(start) for start in re.findall(r'f"(\w+\.[\w.]*)\{', code)) or key.startswith("typer.")


def test_every_error_that_is_raised_has_its_sentence() -> None:
    raised = set()
    for path in PACKAGE.rglob("*.py"):
        text = path.read_text("utf-8")
        raised |= set(re.findall(r'(?:QuizgenError|InternalError|DomainError)\(\s*"([\w.]+)"', text))
    assert len(raised) > 30
    for key in raised:
        assert f"error.{key}" in words(FALLBACK), key


@pytest.mark.parametrize("wrong", catalogue().values(), ids=lambda wrong: wrong.id)
def test_a_misconception_speaks_english_and_japanese(wrong: object) -> None:
    for texts in (wrong.title, wrong.feedback):  # type: ignore[attr-defined]
        assert JAPANESE.search(texts["ja"])
        assert not JAPANESE.search(texts["en"])


@pytest.mark.parametrize(
    ("environment", "code"),
    [
        ({"LANG": "ja_JP.UTF-8"}, "ja"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "ja_JP.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LC_MESSAGES": "ja_JP.eucJP", "LANG": "C"}, "ja"),
        ({"LANG": "fr_FR.UTF-8"}, "en"),
        ({"LANG": "x"}, "en"),
        ({}, "en"),
    ],
)
def test_the_locale_chooses_the_language(environment: dict[str, str], code: str) -> None:
    assert of_locale(environment) == code


def test_english_fills_the_gaps_of_a_third_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "en.toml").write_text('a = "one {x}"\nb = "two"\n', "utf-8")
    (tmp_path / "eo.toml").write_text('a = "unu {x}"\n', "utf-8")
    monkeypatch.setattr(language, "FOLDER", tmp_path)
    words.cache_clear()
    said = Words("eo")
    assert (said("a", x=3), said["b"]) == ("unu 3", "two")
    words.cache_clear()


def test_who_reads_a_third_language_reads_english_where_nobody_wrote_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file of words is enough for a language: families and misconceptions that do not speak it speak English."""
    for code in language.available():
        (tmp_path / f"{code}.toml").write_bytes((language.FOLDER / f"{code}.toml").read_bytes())
    (tmp_path / "eo.toml").write_text('name = "Esperanto"\n[drill]\nright = "Ĝuste."\n', "utf-8")
    monkeypatch.setattr(language, "FOLDER", tmp_path)
    question = question_for(families.find("shopping"), 1, "eo")
    assert Wording(question, "eo").text(Wording(question, "eo").story) == Wording(question, "en").text(
        Wording(question, "en").story
    )
    runner, bank = CliRunner(), tmp_path / "bank.jsonl"
    bank.write_text(dump([question]), "utf-8")
    for command in (
        ["drill", str(bank), "--count", "1"],
        ["bank", "show", str(bank)],
        ["families"],
        ["worksheet", str(bank), "--count", "1", "--answers", "choice", "-o", str(tmp_path / "sheet.md")],
        ["progress"],
    ):
        done = runner.invoke(
            app, [*command, "--lang", "eo"], input="1\n2\n3\n4\n", env={"QUIZGEN_HOME": str(tmp_path / "home")}
        )
        assert done.exit_code == 0, (command, done.output)
        assert not JAPANESE.search(done.output)


@pytest.mark.parametrize(
    ("texts", "code", "found"),
    [
        ({"ja": "日", "en": "e"}, "ja", "日"),
        ({"ja": "日", "en": "e"}, "eo", "e"),
        ({"ja": "日"}, "eo", "日"),
        ({"ja": "日", "eo": "o"}, "eo", "o"),
    ],
)
def test_the_closest_text(texts: dict[str, str], code: str, found: str) -> None:
    assert text_in(texts, code) == found


def test_a_placeholder_is_no_template_language() -> None:
    said = Words(FALLBACK)
    said._texts["probe"] = "{x} {x.__class__} {x!r} {0} {y}"
    assert said("probe", x="v") == "v {x.__class__} {x!r} {0} {y}"
