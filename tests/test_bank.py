"""Banks and sources: records that anybody can re-solve, and files of others that are not trusted."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from quizgen import bank, families, source
from quizgen.authored import family_of
from quizgen.bank_check import check_file
from quizgen.cli import app
from quizgen.engine.chain_rule import run
from quizgen.errors import QuizgenError
from quizgen.generate import distinct, question_for
from quizgen.question import Question, identity
from quizgen.record import from_record, verify_distractors
from quizgen.record import record as record_of

ALL = [(family, level) for family in families.catalogue().values() for level in family.levels]


@pytest.fixture(scope="module")
def questions() -> list[Question]:
    return [question_for(family, level, "bank") for family, level in ALL]


def test_reading_what_was_written_gives_the_same_questions(questions: list[Question], tmp_path: Path) -> None:
    file = tmp_path / "bank.jsonl"
    file.write_text(bank.dump(questions), "utf-8")
    again = bank.read(file)
    assert bank.dump(again) == bank.dump(questions)
    assert [each.id for each in again] == [each.id for each in questions]


def test_a_record_can_be_solved_from_its_graph_alone(questions: list[Question]) -> None:
    for question in questions:
        data = json.loads(json.dumps(record_of(question)))
        found = run(from_record(data).problem.graph)
        for part in data["parts"]:
            if part["ask"]["kind"] in ("gradient", "upstream"):
                assert str(found.gradients[part["ask"]["wrt"]]) == part["key"]
            if part["ask"]["kind"] == "value":
                assert str(found.values[part["ask"]["of"]]) == part["key"]


def test_a_record_holds_what_the_contract_says(questions: list[Question]) -> None:
    for question in questions:
        data = record_of(question)
        assert {"id", "family", "level", "seed", "graph", "parts"} <= set(data)
        assert {"inputs", "nodes", "output"} <= set(data["graph"])
        for node in data["graph"]["nodes"]:
            assert set(node) == {"name", "layer", "inputs"}
        for part in data["parts"]:
            assert isinstance(part["key"], str)
            assert all({"value", "misconception"} <= set(wrong) for wrong in part["distractors"])
            assert ("answer" in part) == (part["ask"]["kind"] == "derivative")


def test_the_same_mathematics_has_one_id_whatever_things_are_called(questions: list[Question]) -> None:
    for question in questions:
        data = record_of(question)
        data["parts"] = [part for part in data["parts"] if "answer" not in part]  # an expression names its inputs
        text, graph = json.dumps(data), question.problem.graph
        asks = tuple(ask for ask in question.problem.asks if not ask.symbolic)
        for number, name in enumerate([*graph.inputs, *(node.name for node in graph.nodes)]):
            text = text.replace(f'"{name}"', f'"other{number}"')
        renamed = from_record(json.loads(text))
        assert identity(renamed.problem.graph, renamed.problem.asks) == identity(graph, asks)


def test_other_numbers_have_another_id(questions: list[Question]) -> None:
    for question in questions:
        graph = question.problem.graph
        name = next(iter(graph.inputs))
        other = graph.with_inputs({**graph.inputs, name: graph.inputs[name] + 1})
        assert identity(other, question.problem.asks) != question.id


Change = Callable[[dict[str, Any]], None]


def _set(*path: Any, value: Any) -> Change:
    def change(data: dict[str, Any]) -> None:
        place: Any = data
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value

    return change


def _delete(*path: Any) -> Change:
    def change(data: dict[str, Any]) -> None:
        place: Any = data
        for step in path[:-1]:
            place = place[step]
        del place[path[-1]]

    return change


TAMPERED = {
    "a key": _set("parts", 0, "key", value="1"),
    "an input": _set("graph", "inputs", "tax", value="2"),
    "a layer": _set("graph", "nodes", 0, "layer", value="AddLayer"),
    "an id": _set("id", value="0" * 16),
    "what is asked": _set("parts", 0, "ask", "of", value="apple"),
    "an unknown layer": _set("graph", "nodes", 0, "layer", value="EvalLayer"),
    "a number that is none": _set("graph", "inputs", "tax", value="__import__('os')"),
    "nan": _set("graph", "inputs", "tax", value="nan"),
    "a float": _set("parts", 0, "key", value=220.0),
    "an unknown operand": _set("graph", "nodes", 0, "inputs", value=["nothing", "tax"]),
    "a name that is no text": _set("graph", "nodes", 0, "name", value=7),
    "no parts": _set("parts", value=[]),
    "no graph": _delete("graph"),
    "no kind": _delete("parts", 0, "ask", "kind"),
    "an unknown kind": _set("parts", 0, "ask", "kind", value="guess"),
    "a control character": _set("seed", value="a\x1b[31m"),
    "a huge number": _set("graph", "inputs", "tax", value="9" * 5000),
    "a list for a text": _set("family", value=["shopping"]),
    "a formula": _set("formula", value="apple + apple_num * tax"),
    "a formula that cannot be read": _set("formula", value="apple ("),
    "a formula in other names": _set("formula", value="a * b * tax"),
    "distractors that are none": _set("parts", 0, "distractors", value=[1]),
}


@pytest.fixture
def record() -> dict[str, Any]:
    data = record_of(question_for(families.find("shopping"), 1, "tamper"))
    text = json.dumps(data)
    good = next(name for name in data["graph"]["inputs"] if name != "tax").removesuffix("_num")
    loaded: dict[str, Any] = json.loads(text.replace(good, "apple"))
    return loaded


@pytest.mark.parametrize("change", TAMPERED.values(), ids=TAMPERED.keys())
def test_a_tampered_record_is_refused_by_its_line(change: Change, record: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "bank.jsonl"
    good = json.dumps(record)
    change(record)
    file.write_text(good + "\n" + json.dumps(record) + "\n", "utf-8")
    with pytest.raises(QuizgenError) as caught:
        bank.read(file)
    assert caught.value.details["line"] == 2
    assert caught.value.details["file"] == file


def test_an_untampered_record_is_read(record: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "bank.jsonl"
    file.write_text(json.dumps(record) + "\n", "utf-8")
    assert len(bank.read(file)) == 1


@pytest.mark.parametrize("keep", [0.2, 0.5, 0.9, 0.999])
def test_a_bank_cut_off_in_the_middle_is_refused_by_its_line(
    keep: float, record: dict[str, Any], tmp_path: Path
) -> None:
    file = tmp_path / "bank.jsonl"
    line = json.dumps(record)
    file.write_text(line + "\n" + line[: int(len(line) * keep)], "utf-8")
    good, cut = bank.lines(file)
    assert good.question()
    for use in (cut.question, lambda: bank.sound_lines(file)):
        with pytest.raises(QuizgenError) as caught:
            use()
        assert (caught.value.key, caught.value.details["line"]) == ("bank.cut_off", 2)


@pytest.mark.parametrize("end", ["", "\n\n", " \n", "\r\n", "\n   \n"])
def test_blank_lines_and_spaces_at_the_end_do_no_harm(end: str, record: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "bank.jsonl"
    file.write_bytes((json.dumps(record) + end).encode())
    assert len(bank.read(file)) == 1


def test_check_tells_a_misconception_that_does_not_lead_there(questions: list[Question], tmp_path: Path) -> None:
    file = tmp_path / "bank.jsonl"
    data = record_of(questions[0])
    data["parts"][0]["distractors"][0]["also"] = ["nothing-like-it"]
    file.write_text(json.dumps(data) + "\n", "utf-8")
    (fault,) = check_file(file, 1).faults
    assert (fault["kind"], fault["misconception"]) == ("wrong_distractor", "nothing-like-it")


def test_check_reads_each_question_aloud(tmp_path: Path) -> None:
    """A level that the family has not, and a kind of question that it does not ask."""
    file = tmp_path / "bank.jsonl"
    first, second = (record_of(question_for(families.find("shopping"), 1, "aloud")) for _ in range(2))
    assert first["parts"][-1]["ask"]["kind"] == "meaning"
    first["level"] = 77
    second["family"] = "chain-rule"
    file.write_text(json.dumps(first) + "\n" + json.dumps(second) + "\n", "utf-8")
    kinds = [fault["kind"] for fault in check_file(file, 1).faults if fault["kind"] != "duplicate"]
    assert kinds == ["unfit", "unfit"]


def test_a_sheet_of_options_does_not_offer_what_was_tampered_with(
    questions: list[Question], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number, change in enumerate(({"value": "777"}, {"misconception": "tax-ignored-not"}, {"also": ["nobody"]})):
        file = tmp_path / f"bank-{number}.jsonl"
        data = record_of(questions[0])
        data["parts"][0]["distractors"][0] |= change
        file.write_text(json.dumps(data) + "\n", "utf-8")
        with pytest.raises(QuizgenError, match=r"bank\.wrong_distractor"):
            verify_distractors(bank.read(file)[0])
        for answers in ("choice", "entry", "graph"):  # the scheme by which a sheet is marked tells wrong answers too
            with pytest.raises(QuizgenError, match=r"bank\.wrong_distractor"):
                app.run(["worksheet", str(file), "--count", "1", "--answers", answers, "-o", str(tmp_path / "a.md")])
    file = tmp_path / "bank.jsonl"
    twice = record_of(questions[0])
    twice["parts"][0]["distractors"] += twice["parts"][0]["distractors"][:1]
    file.write_text(json.dumps(twice) + "\n", "utf-8")
    with pytest.raises(QuizgenError, match=r"bank\.wrong_distractor"):
        verify_distractors(bank.read(file)[0])
    few = record_of(questions[0])
    few["parts"][0]["distractors"] = []
    file.write_text(json.dumps(few) + "\n", "utf-8")
    with pytest.raises(QuizgenError, match=r"bank\.few_distractors"):
        app.run(["worksheet", str(file), "--count", "1", "--answers", "choice", "-o", str(tmp_path / "a.md")])
    assert app.run(["worksheet", str(file), "--count", "1", "-o", str(tmp_path / "a.md")]) == 0
    capsys.readouterr()


def test_one_bad_line_does_not_hide_the_others(record: dict[str, Any], tmp_path: Path) -> None:
    """A conflict marker in the middle: check tells it and goes on."""
    file = tmp_path / "bank.jsonl"
    line = json.dumps(record)
    file.write_text(f"{line}\n<<<<<<< HEAD\n{line}\n", "utf-8")
    report = check_file(file, 1)
    assert report.variants == 2
    assert [(fault["kind"], fault["why"]) for fault in report.faults if fault["kind"] != "duplicate"] == [
        ("unreadable", "bank.not_json")
    ]


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"", "bank.empty"),
        (b"\n\n", "bank.empty"),
        (b"hello\n", "bank.not_json"),
        (b"[]\n", "bank.bad_field"),
        (b"{}\n", "bank.bad_field"),
        (b"\xff\xfe\x00", "file.not_utf8"),
        (b"[" * 100_000 + b"]" * 100_000, "bank.bad_field"),
        (b"x" * 300_000, "bank.line_too_long"),
    ],
)
def test_what_is_no_bank_is_refused(content: bytes, key: str, tmp_path: Path) -> None:
    file = tmp_path / "bank.jsonl"
    file.write_bytes(content)
    with pytest.raises(QuizgenError) as caught:
        bank.read(file)
    assert caught.value.key == key


def test_check_finds_what_was_tampered_with(questions: list[Question], tmp_path: Path) -> None:
    file = tmp_path / "bank.jsonl"
    lines = bank.dump(questions[:3]).splitlines()
    wrong = json.loads(lines[1])
    wrong["parts"][0]["key"] = "12345"
    twin = json.loads(lines[0])
    alike = json.loads(lines[2])
    alike["parts"][0]["distractors"][0]["value"] = alike["parts"][0]["key"]
    file.write_text("\n".join([lines[0], json.dumps(wrong), json.dumps(alike), json.dumps(twin)]) + "\n", "utf-8")
    kinds = {fault["kind"] for fault in check_file(file, 1).faults}
    assert kinds == {"wrong_key", "looks_alike", "wrong_distractor", "duplicate", "tampered"}


def test_check_finds_nothing_in_a_good_bank(questions: list[Question], tmp_path: Path) -> None:
    file = tmp_path / "bank.jsonl"
    file.write_text(bank.dump(questions), "utf-8")
    report = check_file(file, 1)
    assert report.faults == []
    assert report.variants == len(questions)
    assert sum(report.ranks.values()) > len(questions)


# --- sources ---------------------------------------------------------------------------------------------------

GOOD = 'title = "t"\nseed = "s"\n\n[[entry]]\nfamily = "shopping"\nlevel = 2\ncount = 3\n'


def _read(text: str, tmp_path: Path) -> source.Source:
    file = tmp_path / "source.toml"
    file.write_text(text, "utf-8")
    return source.read(file)


def test_a_source_builds_the_variants_that_it_asks_for(tmp_path: Path) -> None:
    found = source.build(_read(GOOD + '[[entry]]\nfamily = "chain-rule"\ncount = 6\n', tmp_path))
    assert [question.problem.family for question in found] == ["shopping"] * 3 + ["chain-rule"] * 6
    assert {question.problem.level for question in found[3:]} == set(families.find("chain-rule").levels)
    assert len({question.id for question in found}) == 9


@pytest.mark.parametrize(
    ("text", "key", "line"),
    [
        ("", "source.no_entries", 1),
        ("entry = 3", "source.not_tables", 1),
        ("entry = []", "source.no_entries", 1),
        ('title = 3\n[[entry]]\nfamily = "shopping"\ncount = 1', "source.not_text", 1),
        ('[[entry]]\nfamily = "shopping"\ncount = 0', "source.not_a_count", 3),
        ('[[entry]]\nfamily = "shopping"\ncount = "3"', "source.not_a_count", 3),
        ('[[entry]]\nfamily = "shopping"\ncount = 10000000', "source.not_a_count", 3),
        ('[[entry]]\nfamily = "shopping"\ncount = true', "source.not_a_count", 3),
        ('[[entry]]\nfamily = "shopping"\nlevel = "2"\ncount = 1', "source.not_a_level", 3),
        ('[[entry]]\nfamily = "shopping"\nlevel = 99\ncount = 1', "source.at", 3),
        ('[[entry]]\nfamily = "shoping"\ncount = 1', "source.at", 2),
        (
            '[[entry]]\nfamily = "shopping"\ncount = 1\n[[entry]]\nfamly = "shopping"\ncount = 1',
            "source.unknown_field_near",
            5,
        ),
        ("[[entry]]\ncount = 1", "source.missing_field", 1),
        ('[[entry]]\nfamily = "shopping\ncount = 1', "source.not_toml", 2),
        ("a = " + "[" * 3000, "source.not_toml", 1),
        ("\x00", "source.not_toml", 1),
    ],
)
def test_a_bad_source_is_refused_by_its_line(text: str, key: str, line: int, tmp_path: Path) -> None:
    with pytest.raises(QuizgenError) as caught:
        _read(text, tmp_path)
    assert (caught.value.key, caught.value.details["line"]) == (key, line)


def test_no_two_variants_of_a_bank_are_alike() -> None:
    found = distinct([(families.find("chain-rule"), 1)], 60, "alike")
    assert len({question.id for question in found}) == 60


def test_too_few_variants_say_how_many_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    from quizgen import generate

    one = question_for(families.find("shopping"), 1, "only")
    monkeypatch.setattr(generate, "question_for", lambda *arguments: one)
    monkeypatch.setattr(generate, "PATIENCE", 5)
    with pytest.raises(QuizgenError) as caught:
        distinct([(families.find("shopping"), 1)], 3, "few")
    assert (caught.value.key, caught.value.details["found"]) == ("generate.too_few", 1)


def test_the_number_of_workers_changes_nothing() -> None:
    levels = ALL[:3]
    assert bank.dump(distinct(levels, 20, "jobs", jobs=2)) == bank.dump(distinct(levels, 20, "jobs"))


# --- the shipped banks -----------------------------------------------------------------------------------------


def test_the_shipped_banks_hold_two_hundred_variants_of_every_level_of_their_families() -> None:
    counts: dict[tuple[str, int], set[str]] = {}
    for line in bank.shipped_lines():
        if line.family in families.catalogue():
            counts.setdefault((line.family, line.level), set()).add(line.id)
    for family, level in counts:
        assert len(counts[family, level]) >= 200
    for family in {family for family, _ in counts}:
        assert {level for name, level in counts if name == family} == set(families.find(family).levels)


def test_no_id_is_shipped_twice() -> None:
    ids = [line.id for line in bank.shipped_lines()]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("path", bank.shipped(), ids=lambda path: path.stem)
def test_every_shipped_key_is_found_again_by_the_layers(path: Path) -> None:
    assert len(bank.read(path)) >= 200


@pytest.mark.parametrize("path", bank.shipped(), ids=lambda path: path.stem)
def test_shipped_variants_are_what_their_seeds_give(path: Path) -> None:
    """A record is derived again, with sympy's check, from the family, level and seed that it names."""
    lines = bank.lines(path)
    for line in lines[:: max(1, len(lines) // 25)]:
        question = line.question()
        again = record_of(question_for(family_of(question.problem), line.level, question.problem.seed))
        mine = record_of(question)
        for each in (again, mine):  # a new misconception may bring other wrong options; the mathematics stays
            for part in each["parts"]:
                del part["distractors"]
        assert again == mine


@pytest.mark.long
@pytest.mark.parametrize("path", bank.shipped(), ids=lambda path: path.stem)
def test_bank_check_finds_no_fault_in_a_shipped_bank(path: Path) -> None:
    report = check_file(path, 1)
    assert report.faults == []
    total = sum(report.ranks.values())
    assert all(0.15 < report.ranks[rank] / total < 0.35 for rank in range(1, 5)), report.ranks


@pytest.mark.long
@pytest.mark.parametrize("path", bank.shipped(), ids=lambda path: path.stem)
def test_a_shipped_bank_is_what_its_source_builds(path: Path) -> None:
    wanted = source.read(path.with_suffix(".toml"))
    assert bank.dump(source.build(wanted, jobs=2), wanted.origin) == path.read_text("utf-8")
