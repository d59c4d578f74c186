"""Comparing, joining and picking: nothing lost, nothing twice, every line as it stood."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_cli import JAPANESE, RUN, _cannot_override, loaded, start

from quizgen import bank, blueprint, families
from quizgen.bank_edit import Entry, change_of, compare, entries, merge, text_of
from quizgen.cli import app
from quizgen.errors import KeyedError, QuizgenError
from quizgen.generate import question_for
from quizgen.language import words
from quizgen.pick import Take, TooFew, choose
from quizgen.record import sealed

# Each takes a spaced line, a key of its own order and a field that nobody knows: what goes through is the text.
ALL = [(family, level) for family in families.catalogue().values() for level in family.levels]
quick = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


def _resealed(data: dict[str, Any]) -> dict[str, Any]:
    return sealed({name: value for name, value in data.items() if name != "seal"})


def _odd(line: str, number: int) -> str:
    data = json.loads(line)
    if number % 3 == 0:
        data["origin"] = {"source": "ab12", "note": "りんご"}
        return json.dumps(_resealed(data), ensure_ascii=True)
    if number % 3 == 1:
        return json.dumps(dict(sorted(data.items())), separators=(",", " : "))
    return line


@pytest.fixture(scope="module")
def texts() -> list[str]:
    """The lines of a bank: each level of each family, two variants each, written in different ways."""
    made = [question_for(family, level, f"edit-{number}") for number in range(2) for family, level in ALL]
    lines = bank.dump({each.id: each for each in made}.values()).splitlines()
    return [_odd(line, number) for number, line in enumerate(lines)]


@pytest.fixture(scope="module")
def file(texts: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _written(texts, tmp_path_factory.mktemp("edit") / "bank.jsonl")


@pytest.fixture(scope="module")
def pool(file: Path) -> list[Entry]:
    return entries(file)


def _written(lines: Sequence[str], file: Path) -> Path:
    file.write_text("".join(line + "\n" for line in lines), "utf-8")
    return file


def _ids(found: Sequence[Entry]) -> list[str]:
    return [entry.id for entry in found]


def _edited(entry: Entry, change: Callable[[dict[str, Any]], Any]) -> Entry:
    fields = json.loads(entry.line.text)
    change(fields)
    return Entry(entry.line, fields)


def run(*arguments: object) -> int:
    return app.run(["bank", *map(str, arguments)])


# --- comparing -------------------------------------------------------------------------------------------------


@quick
@given(data=st.data())
def test_a_bank_and_itself_differ_in_nothing_whatever_the_order_of_its_lines(data: st.DataObject, file: Path) -> None:
    mine = entries(file)
    found = compare(mine, data.draw(st.permutations(mine)))
    assert found.as_data() == {"added": [], "removed": [], "changed": [], "kept": len(mine)}


@quick
@given(data=st.data())
def test_every_variant_is_added_removed_changed_or_kept(data: st.DataObject, file: Path) -> None:
    mine = entries(file)
    some = st.lists(st.sampled_from(range(len(mine))), unique=True)
    old, new, edited = data.draw(some), data.draw(some), data.draw(st.sets(st.sampled_from(range(len(mine)))))
    after = [_edited(mine[at], lambda fields: fields.update(note="x")) if at in edited else mine[at] for at in new]
    found = compare([mine[at] for at in old], after)
    assert _ids(found.added) == [mine[at].id for at in new if at not in old]
    assert _ids(found.removed) == [mine[at].id for at in old if at not in new]
    assert [each.entry.id for each in found.changed] == [mine[at].id for at in new if at in old and at in edited]
    assert found.kept + len(found.changed) == len({*old} & {*new})
    back = compare(after, [mine[at] for at in old])
    assert (_ids(back.added), _ids(back.removed)) == (_ids(found.removed), _ids(found.added))
    assert back.kept == found.kept


def _add_text(fields: dict[str, Any]) -> None:
    fields["problem"] = {"story": {"en": "Other words."}}


CHANGES: dict[str, tuple[Callable[[dict[str, Any]], Any], list[str], list[int]]] = {
    "a key": (lambda fields: fields["parts"][1].update(key="7"), ["key"], [2]),
    "wrong options": (lambda fields: [part["distractors"].pop() for part in fields["parts"]], ["distractors"], [1, 2]),
    "texts that were not there": (_add_text, ["problem"], []),
    "a level": (lambda fields: fields.update(level=77), ["level"], []),
    "a name in the graph": (lambda fields: fields["graph"].update(output="other"), ["graph.output"], []),
    "a part less": (lambda fields: fields["parts"].pop(), ["parts"], []),
    "parts that are none": (lambda fields: fields.update(parts=["x"]), ["parts"], []),
    "a part that is none": (lambda fields: fields["parts"].append(1), ["parts"], []),
    "a field that nobody knows": (lambda fields: fields.update(reviewed=True), ["reviewed"], []),
    "a text and the origin": (lambda fields: fields.update(formula="x", origin="y"), ["formula", "origin"], []),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_told_by_its_fields_and_parts(name: str, pool: list[Entry]) -> None:
    change, fields, parts = CHANGES[name]
    old = _edited(pool[2], lambda fields: fields.update(parts=fields["parts"][:2]))
    new = _edited(old, lambda fields: fields.update(parts=fields["parts"][:2]))
    change(new.fields)
    found = change_of(old, new)
    assert found is not None
    assert (list(found.fields), list(found.parts)) == (fields, parts)
    back = change_of(new, old)
    assert back is not None
    assert ({*back.fields}, back.parts) == ({*found.fields}, found.parts)


def test_a_text_that_was_reworded_is_told_by_its_place(pool: list[Entry]) -> None:
    old = _edited(pool[0], lambda fields: fields.update(problem={"story": "a", "unit": "yen"}))
    new = _edited(pool[0], lambda fields: fields.update(problem={"story": "b", "unit": "yen"}))
    found = change_of(old, new)
    assert found is not None
    assert found.fields == ("problem.story",)


def test_provenance_alone_changes_no_variant(pool: list[Entry]) -> None:
    for more in ({"origin": {"version": "9"}}, {"seal": "00"}, {"origin": "x", "seal": "y"}):
        assert change_of(pool[0], _edited(pool[0], lambda fields, more=more: fields.update(more))) is None


def test_other_spaces_and_another_order_of_fields_change_nothing(texts: list[str], tmp_path: Path) -> None:
    plain = [json.dumps(json.loads(text)) for text in texts]
    mixed = [json.dumps(dict(sorted(json.loads(text).items())), ensure_ascii=False, indent=None) for text in texts]
    found = compare(entries(_written(plain, tmp_path / "a")), entries(_written(mixed, tmp_path / "b")))
    assert (found.kept, found.changed) == (len(texts), [])


def test_diff_as_json_and_as_a_table(texts: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changed = json.loads(texts[1])
    changed["parts"][0]["distractors"].pop()
    old = _written(texts[:4], tmp_path / "old.jsonl")
    new = _written([json.dumps(changed), *texts[2:]], tmp_path / "new.jsonl")
    ids = [json.loads(text)["id"] for text in texts]
    assert run("diff", old, new, "--json") == 0
    assert json.loads(capsys.readouterr().out) == {
        "old": str(old),
        "new": str(new),
        "added": ids[4:],
        "removed": ids[:1],
        "changed": [{"id": ids[1], "fields": ["distractors"], "parts": [1]}],
        "kept": 2,
    }
    assert run("diff", old, new, "--lang", "en") == 0
    first, *rest = capsys.readouterr().out.splitlines()
    assert first == f"{old} → {new}: {len(ids) - 4} added, 1 removed, 1 changed, 2 kept"
    assert f"  … and {len(ids) - 24} more; --all lists them" in rest
    shown = [line.split()[0] for line in rest if re.match(r"  [0-9a-f]{16} ", line)]
    assert shown == [*ids[4:24], ids[0], ids[1]]
    assert rest[-1].endswith("wrong options (part 1)")
    assert run("diff", old, new, "--all", "--lang", "en") == 0
    listed = capsys.readouterr().out
    assert all(each in listed for each in ids[4:])
    assert "more" not in listed
    assert run("diff", old, new, "--lang", "ja") == 0
    said = capsys.readouterr().out.replace(str(tmp_path), "")
    assert "誤答(小問 1)" in said
    assert not re.search(r"\b(added|removed|level|parts?|options?|kept)\b", said)


def test_every_field_that_we_write_has_a_word(pool: list[Entry]) -> None:
    own = {name for entry in pool for name in (*entry.fields, *(f"graph_{inner}" for inner in entry.fields["graph"]))}
    own |= {name for entry in pool for part in entry.fields["parts"] for name in part}
    for name in own - {"id"}:
        assert f"diff.field.{name}" in words("ja"), name


def test_a_variant_that_stands_twice_is_compared_once(
    texts: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As its first line has it, which is also the one that is picked."""
    other = json.dumps({**json.loads(texts[0]), "formula": "other"})
    old, new = _written(texts[:2], tmp_path / "old"), _written([*texts[:2], other], tmp_path / "new")
    assert run("pick", new) == 0
    assert capsys.readouterr().out.splitlines() == texts[:2]
    assert run("diff", old, new, "--json") == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["kept"] == 2
    assert len(err.splitlines()) == 1
    assert str(new) in err


# --- joining ---------------------------------------------------------------------------------------------------


@quick
@given(data=st.data())
def test_a_merged_bank_is_the_union_in_order_each_line_as_it_stood(data: st.DataObject, file: Path) -> None:
    lines = bank.lines(file)[:8]
    chosen = data.draw(st.lists(st.sampled_from(lines), min_size=1))
    found = merge(chosen)
    assert text_of(found.lines).splitlines() == list(dict.fromkeys(line.text for line in chosen))
    assert len(found.lines) + len(found.dropped) == len(chosen)
    assert found.differing == []


def test_merge_keeps_the_first_and_says_what_it_dropped(
    texts: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = json.loads(texts[1])
    other["parts"][0]["distractors"].pop()
    first, second = (
        _written(texts[:2], tmp_path / "a"),
        _written([json.dumps(_resealed(other)), *texts[:3]], tmp_path / "b"),
    )
    out = tmp_path / "out.jsonl"
    assert run("merge", first, second, "-o", out, "--lang", "en") == 0
    assert out.read_text("utf-8").splitlines() == texts[:3]
    said = capsys.readouterr().err
    assert "3 variants from 2 banks" in said
    assert "3 lines dropped" in said
    assert f"1 of them are not like the line that stays, first {second}:1" in said


def test_what_is_merged_may_be_written_over(texts: list[str], tmp_path: Path) -> None:
    """Everything is read and verified before, so adding to a bank is: merge BANK NEW -o BANK."""
    first, second = _written(texts[:2], tmp_path / "a"), _written(texts[2:4], tmp_path / "b")
    assert run("merge", first, second, "-o", first) == 0
    assert first.read_text("utf-8").splitlines() == texts[:4]


def test_one_line_that_does_not_hold_and_nothing_is_written(
    texts: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = json.loads(texts[2])
    wrong["parts"][0]["key"] = "12345"
    good = _written(texts[:2], tmp_path / "good")
    for name, lines in {
        "key": [texts[3], json.dumps(wrong)],
        "twin": [*texts[:2], texts[2], texts[4], json.dumps(wrong)],  # its variant is there already
        "cut": [texts[3], texts[2][:300]],
        "conflict": [texts[3], "<<<<<<< HEAD", texts[2]],
        "digits": [texts[3], '{"id": "a", "family": "b", "level": ' + "1" * 5000 + "}"],
    }.items():
        bad, before = _written(lines, tmp_path / name), good.read_bytes()
        number = len(lines) if name != "conflict" else 2
        for out in (tmp_path / "out", good):
            with pytest.raises(QuizgenError) as caught:
                run("merge", good, bad, "-o", out)
            assert (caught.value.details["file"], caught.value.details["line"]) == (bad, number), name
        assert not (tmp_path / "out").exists()
        assert good.read_bytes() == before
        assert capsys.readouterr().out == ""


# --- picking ---------------------------------------------------------------------------------------------------


def _takes(pool: list[Entry]) -> st.SearchStrategy[Take]:
    known = sorted({name for entry in pool for name in entry.misconceptions})
    return st.builds(
        Take,
        st.sampled_from([(), ("shopping",), ("chain-rule",), ("shopping", "single-node")]),
        st.sampled_from([None, None, 1, 2, 3]),
        st.sampled_from([None, None, "local", "upstream", "meaning"]),
        st.sampled_from([None, None, *known[::8]]),
        st.integers(1, 4),
    )


@quick
@given(data=st.data(), seed=st.text("abc", min_size=1, max_size=3))
def test_takes_get_what_they_want_in_turn_and_nothing_twice(data: st.DataObject, seed: str, file: Path) -> None:
    pool = entries(file)
    takes = data.draw(st.lists(_takes(pool), min_size=1, max_size=4))
    try:
        picked = choose(pool, takes, seed)
    except TooFew as few:
        assert few.found < (takes[few.index].count or 0)
        assert few.found <= few.fitting == sum(takes[few.index].fits(entry) for entry in pool)
        return
    assert len({*_ids(picked)}) == len(picked) == sum(take.count or 0 for take in takes)
    assert {*_ids(picked)} <= {*_ids(pool)}
    place = 0
    for take in takes:
        assert all(take.fits(entry) for entry in picked[place : place + (take.count or 0)])
        place += take.count or 0
    assert _ids(choose(pool, takes, seed)) == _ids(picked)


def _most(pool: list[set[int]], counts: list[int]) -> int:
    """How many places of all takes can be filled: Hall's theorem, by every set of takes."""
    wanted = range(len(pool))
    subsets = [[at for at in wanted if mask >> at & 1] for mask in range(1, 1 << len(pool))]
    short = [sum(counts[at] for at in some) - len(set().union(*(pool[at] for at in some))) for some in subsets]
    return sum(counts) - max(0, *short)


@quick
@given(data=st.data())
def test_where_takes_compete_all_are_met_if_that_is_possible_at_all(data: st.DataObject, file: Path) -> None:
    """Takes that fit overlapping sets of lines, as large as they can be."""
    some = entries(file)[:6]
    sets = data.draw(st.lists(st.sets(st.integers(0, 5)), min_size=1, max_size=4))
    counts = [data.draw(st.integers(1, 4)) for _ in sets]
    marked = []
    for at, entry in enumerate(some):
        parts = [{"ask": {"kind": f"k{number}"}} for number, each in enumerate(sets) if at in each]
        marked.append(Entry(entry.line, {**entry.fields, "parts": parts}))
    takes = [Take(kind=f"k{number}", count=count) for number, count in enumerate(counts)]
    possible = _most(sets, counts) == sum(counts)
    try:
        choose(marked, takes, "s")
        assert possible
    except TooFew as few:
        assert not possible
        before = counts[: few.index]
        assert few.found == _most(sets[: few.index + 1], [*before, counts[few.index]]) - sum(before)


@quick
@given(st.integers(1, 10), st.integers(1, 10))
def test_a_larger_count_adds_to_what_a_smaller_one_picks(file: Path, some: int, more: int) -> None:
    pool = entries(file)
    small, large = (choose(pool, [Take(("shopping",), count=n)], "s") for n in sorted((some, more)))
    assert _ids(large)[: len(small)] == _ids(small)


def test_the_seed_says_which_ones(pool: list[Entry]) -> None:
    assert len({tuple(_ids(choose(pool, [Take(count=5)], seed))) for seed in "abcdefgh"}) == 8


@pytest.mark.parametrize(
    ("options", "fits"),
    [
        ([], lambda data: True),
        (["--family", "shopping"], lambda data: data["family"] == "shopping"),
        (
            ["--family", "shopping", "--family", "single-node", "--level", 2],
            lambda data: data["family"] in ("shopping", "single-node") and data["level"] == 2,
        ),
        (["--kind", "upstream"], lambda data: any(part["ask"]["kind"] == "upstream" for part in data["parts"])),
        (
            ["--misconception", "value-for-gradient"],
            lambda data: any(
                "value-for-gradient" in (wrong["misconception"], *wrong.get("also", []))
                for part in data["parts"]
                for wrong in part["distractors"]
            ),
        ),
    ],
    ids=["all", "a family", "families and a level", "a kind", "a misconception"],
)
def test_without_a_count_all_that_fit_are_picked_as_they_stand(
    options: list[object],
    fits: Callable[[dict[str, Any]], bool],
    texts: list[str],
    file: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    wanted = [text for text in texts if fits(json.loads(text))]
    assert run("pick", file, *options) == 0
    assert capsys.readouterr().out.splitlines() == wanted
    assert bool(wanted) and (not options or len(wanted) < len(texts))


def test_some_wrong_option_is_known_by_its_other_misconception_only(pool: list[Entry]) -> None:
    """So that the case above looks at `also`."""
    by_first = [
        entry.id
        for entry in pool
        for part in entry.fields["parts"]
        if any(wrong["misconception"] == "value-for-gradient" for wrong in part["distractors"])
    ]
    assert {entry.id for entry in pool if "value-for-gradient" in entry.misconceptions} > {*by_first}


def test_the_same_seed_gives_the_same_bytes(file: Path, tmp_path: Path) -> None:
    made = []
    for number, (lang, hashes) in enumerate((("en", "1"), ("ja", "2"))):
        out = tmp_path / f"{number}.jsonl"
        arguments = ["--count", "7", "--seed", "s", "--kind", "local", "-o", str(out), "--lang", lang]
        assert start("bank", "pick", str(file), *arguments, PYTHONHASHSEED=hashes).returncode == 0
        made.append(out.read_bytes())
    assert made[0] == made[1]
    assert bank.read(tmp_path / "0.jsonl")


def test_a_seed_that_was_drawn_is_told_and_can_be_had_again(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("pick", file, "--count", 5, "--lang", "en") == 0
    out, err = capsys.readouterr()
    (seed,) = re.findall(r"seed (\w+):", err)
    assert run("pick", file, "--count", 5, "--seed", seed) == 0
    assert capsys.readouterr().out == out
    assert run("pick", file, "--count", 5, "--lang", "en") == 0
    assert seed not in capsys.readouterr().err


def test_a_family_of_an_author_is_picked_as_any_other(texts: list[str], tmp_path: Path) -> None:
    """Its name is in the bank, though not among the families of this machine."""
    data = json.loads(texts[0])
    data["family"] = "りんご"
    file = _written([*texts[:3], json.dumps(data)], tmp_path / "bank")  # escaped, as json.dumps writes it
    (picked,) = choose(entries(file)[3:], [Take(("りんご",), count=1)], "s")
    assert picked.family == "りんご"


BLUEPRINT = '[[take]]\ncount = 2\nfamily = "shopping"\n\n# a comment\n[[take]]\nlevel = 1\nkind = "local"\ncount = 1\n'


def _plan(text: str, tmp_path: Path) -> Path:
    file = tmp_path / "plan.toml"
    file.write_text(text, "utf-8")
    return file


def test_a_blueprint_takes_each_in_turn(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("pick", file, "--blueprint", _plan(BLUEPRINT, tmp_path), "--seed", "s") == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [data["family"] for data in found[:2]] == ["shopping"] * 2
    assert found[2]["level"] == 1
    assert "local" in [part["ask"]["kind"] for part in found[2]["parts"]]


def test_options_and_a_blueprint_of_one_table_say_the_same(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("pick", file, "--family", "shopping", "--count", 4, "--seed", "s") == 0
    out = capsys.readouterr().out
    plan = _plan('[[take]]\nfamily = "shopping"\ncount = 4\n', tmp_path)
    assert run("pick", file, "--blueprint", plan, "--seed", "s") == 0
    assert capsys.readouterr().out == out


@pytest.mark.parametrize(
    ("text", "key", "line", "near"),
    [
        ("", "blueprint.no_takes", 1, ""),
        ("take = []", "blueprint.no_takes", 1, ""),
        ("\ntake = 3", "blueprint.no_takes", 2, ""),
        ("\ntake = [3]", "blueprint.no_takes", 2, ""),
        ("[[take]]\ncount = 1\n" * 1001, "blueprint.too_many", 1, ""),
        ('[[take]]\nfamily = "shopping"', "source.missing_field", 1, ""),
        ("[[take]]\ncount = 1\n[[take]]\n\ncuont = 1", "source.unknown_field_near", 5, "count"),
        ("\n[[take]]\nlevel = 1\n[[take]]\ncount = 1", "source.missing_field", 2, ""),
        ("[[take]]\ncount = 1\nzzz = 1", "source.unknown_field", 3, ""),
        ('[[tkae]]\ncount = 1\nfamily = "x"', "source.unknown_field_near", 1, "take"),
        ("[[take]]\ncount = 0", "source.not_a_count", 2, ""),
        ("[[take]]\ncount = -1", "source.not_a_count", 2, ""),
        ("[[take]]\ncount = 2.0", "source.not_a_count", 2, ""),
        ("[[take]]\ncount = true", "source.not_a_count", 2, ""),
        ('[[take]]\ncount = "2"', "source.not_a_count", 2, ""),
        ("[[take]]\ncount = 10000000", "source.not_a_count", 2, ""),
        ('[[take]]\ncount = 1\nlevel = "2"', "source.not_a_level", 3, ""),
        ("[[take]]\ncount = 1\nfamily = 3", "source.not_text", 3, ""),
        ('[[take]]\ncount = 1\nkind = ["local"]', "source.not_text", 3, ""),
        ("[[take]]\ncount = 1\ncount = 2", "source.twice", 3, ""),
        ('[[take]]\nfamily = "shopping\ncount = 1', "source.not_toml", 2, ""),
        ("a = " + "[" * 3000, "source.not_toml", 1, ""),
        ("[[take]]\ncount = " + "9" * 5000, "source.not_toml", 2, ""),
        ("[[take]]\n" + "a." * 20000 + "a = 1", "source.not_toml", 2, ""),
        ("[[take]]\ncount ＝ 1", "source.full_width", 2, ""),
        ("[[take]]\ncount = 1\nfamily = 'shoping'", "pick.unknown_near", 3, "shopping"),
        ("[[take]]\ncount = 1\n\nkind = 'lokal'", "pick.unknown_near", 4, "local"),
        ("[[take]]\ncount = 1\nkind = 'xyzzy'", "pick.unknown", 3, ""),
        ("[[take]]\nmisconception = 'value-for-gradeint'\ncount = 1", "pick.unknown_near", 2, "value-for-gradient"),
        ("[[take]]\ncount = 1\n[[take]]\nlevel = 77\ncount = 1", "pick.no_level", 4, ""),
        ("[[take]]\ncount = 1\n[[take]]\nlevel = 1\ncount = 999", "blueprint.too_few", 5, ""),
        ("[[take]]\nfamily = 'shopping'\nkind = 'derivative'\ncount = 1", "blueprint.none", 4, ""),
        ("[[take]]\nlevel = 1\ncount = 6\n[[take]]\nlevel = 1\ncount = 1", "blueprint.none_left", 6, ""),
        ("[[take]]\nlevel = 1\ncount = 5\n[[take]]\nlevel = 1\ncount = 3", "blueprint.too_few_left", 6, ""),
    ],
)
def test_a_bad_blueprint_is_refused_by_its_line(
    text: str, key: str, line: int, near: str, file: Path, tmp_path: Path
) -> None:
    plan = _plan(text, tmp_path)
    with pytest.raises(QuizgenError) as caught:
        run("pick", file, "--blueprint", plan, "-o", tmp_path / "out")
    error: KeyedError = caught.value
    assert (error.details["file"], error.details["line"]) == (plan, line)
    why = error.details.get("why", error)
    assert isinstance(why, KeyedError)
    assert why.key == key
    assert str(why.details.get("near", "")).split(", ")[0] == near
    for lang in ("en", "ja"):
        said = words(lang).sentence(error)
        assert f"{plan}:{line}" in said
        assert not re.search(r"\{\w+\}", said)
    assert not (tmp_path / "out").exists()


def test_how_many_there_are_is_what_can_be_had(file: Path, tmp_path: Path) -> None:
    """Who types the number that the error names has a quiz."""
    text = "[[take]]\nlevel = 1\ncount = 5\n[[take]]\nlevel = 1\ncount = 3"
    with pytest.raises(QuizgenError) as caught:
        run("pick", file, "--blueprint", _plan(text, tmp_path))
    found = caught.value.details["found"]
    assert run("pick", file, "--blueprint", _plan(text.replace("3", str(found)), tmp_path)) == 0
    assert blueprint.read(tmp_path / "plan.toml").takes[1].count == found


# --- bad input -------------------------------------------------------------------------------------------------

BAD = {
    "a missing old bank": (["diff", "{dir}/none", "{dir}/good"], 1, "none"),
    "a missing new bank": (["diff", "{dir}/good", "{dir}/none"], 1, "none"),
    "one bank": (["diff", "{dir}/good"], 2, "NEW.jsonl"),
    "a bank that is no text": (["diff", "{dir}/good", "{dir}/binary"], 1, "binary:2"),
    "a bank that is a folder": (["diff", "{dir}/good", "{dir}"], 1, ""),
    "an empty bank": (["diff", "{dir}/empty", "{dir}/good"], 1, "empty"),
    "a bank cut off": (["diff", "{dir}/good", "{dir}/cut", "--json"], 1, "cut:2"),
    "a bank cut off, to merge": (["merge", "{dir}/good", "{dir}/cut", "-o", "{dir}/out"], 1, "cut:2"),
    "a bank cut off, to pick from": (["pick", "{dir}/cut", "-o", "{dir}/out"], 1, "cut:2"),
    "a line that does not hold, picked": (["pick", "{dir}/wrong", "-o", "{dir}/out"], 1, "wrong:1"),
    "nothing to merge": (["merge"], 2, "BANK.jsonl"),
    "a bank that is a source": (["merge", "{dir}/plan.toml"], 1, "plan.toml:1"),
    "a control character in an id": (["diff", "{dir}/good", "{dir}/control"], 1, "control:1"),
    "a control character in a name": (["pick", "{dir}/good", "--family", "a\x1b[31m\nb"], 1, "good"),
    "an unknown family": (["pick", "{dir}/good", "--family", "shoping"], 1, "shopping"),
    "an unknown kind": (["pick", "{dir}/good", "--kind", "valeu"], 1, "value"),
    "an unknown misconception": (["pick", "{dir}/good", "--misconception", "tax-ignord"], 1, "tax-ignored"),
    "an unknown level": (["pick", "{dir}/good", "--level", "9"], 1, "1"),
    "a level that is no number": (["pick", "{dir}/good", "--level", "one"], 2, "--level"),
    "no count": (["pick", "{dir}/good", "--count", "0"], 1, "--count"),
    "too many": (["pick", "{dir}/good", "--count", "99", "-o", "{dir}/out"], 1, "--count 2"),
    "a blueprint and an option": (["pick", "{dir}/good", "--blueprint", "{dir}/plan.toml", "--kind", "x"], 1, "--kind"),
    "a missing blueprint": (["pick", "{dir}/good", "--blueprint", "{dir}/none.toml"], 1, "none.toml"),
    "a blueprint that is a bank": (["pick", "{dir}/good", "--blueprint", "{dir}/good"], 1, "good:1"),
    "a blueprint that is no text": (["pick", "{dir}/good", "--blueprint", "{dir}/binary"], 1, "binary:2"),
    "its own bank to write to": (["pick", "{dir}/good", "-o", "{dir}/./good"], 1, "-o"),
    "its own blueprint": (["pick", "{dir}/good", "--blueprint", "{dir}/plan.toml", "-o", "{dir}/plan.toml"], 1, "-o"),
    "a folder in the way": (["merge", "{dir}/good", "-o", "{dir}"], 1, "-o"),
    "a folder that is none": (["pick", "{dir}/good", "-o", "{dir}/none/out"], 1, "-o"),
    "an unknown language": (["diff", "{dir}/good", "{dir}/good", "--lang", "fr"], 1, "fr"),
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("bad")
    shopping = families.find("shopping")
    lines = bank.dump([question_for(shopping, 1, seed) for seed in "ab"]).splitlines()
    _written(lines, place / "good")
    (place / "cut").write_text(f"{lines[0]}\n{lines[1][:500]}", "utf-8")
    wrong, control = json.loads(lines[0]), json.loads(lines[0])
    wrong["parts"][0]["key"] = "12345"
    control["id"] = "a\x1b[31m"
    _written([json.dumps(wrong)], place / "wrong")
    _written([json.dumps(dict(sorted(control.items())))], place / "control")
    (place / "binary").write_bytes(bytes(range(256)))
    (place / "empty").write_bytes(b"\n")
    (place / "plan.toml").write_text("[[take]]\ncount = 1\n", "utf-8")
    return place


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_one_clear_line_in_either_language(
    name: str, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from quizgen.cli import app, common, main

    arguments, code, told = BAD[name]
    before = {path: path.read_bytes() for path in folder.iterdir()}
    for lang in ("en", "ja"):
        typed = ["quizgen", "bank", *(each.replace("{dir}", str(folder)) for each in arguments)]
        monkeypatch.setattr("sys.argv", typed)
        monkeypatch.setattr(common, "HELP", words(lang))
        monkeypatch.setattr(app, "HELP", words(lang))
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        assert ended.value.code == code, err
        assert (out, len(err.splitlines())) == ("", 1), err
        assert err.startswith("quizgen: ")
        assert told in err.replace(str(folder), "")
        assert "\x1b" not in err
        assert bool(JAPANESE.search(err)) == (lang == "ja"), err
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_bad_input_ends_the_command_as_users_start_it(folder: Path) -> None:
    done = start("bank", "merge", str(folder / "good"), str(folder / "cut"), LANG="ja_JP.UTF-8")
    assert (done.returncode, done.stdout) == (1, "")
    assert JAPANESE.search(done.stderr)
    assert f"{folder / 'cut'}:2" in done.stderr


def test_a_name_that_is_not_shown_as_it_is_stays_harmless(
    texts: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = json.loads(texts[0])
    data["evil\x1b[2J\x9b2J\n!"] = 1
    old, new = _written(texts[:1], tmp_path / "old"), _written([json.dumps(data)], tmp_path / "new")
    assert run("diff", old, new) == 0
    out = capsys.readouterr().out
    assert "evil" in out
    assert all(character.isprintable() or character == "\n" for character in out)
    assert len(out.splitlines()) == 4


@pytest.mark.skipif(sys.platform != "linux", reason="capabilities are Linux's")
def test_a_folder_that_cannot_be_written_is_told(folder: Path, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o555)
    for command in ("merge", "pick"):
        done = subprocess.run(
            [sys.executable, "-m", "quizgen", "bank", command, f"{folder}/good", "-o", f"{closed}/out"],
            capture_output=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONPATH": str(Path(bank.__file__).parent.parent)},
            preexec_fn=_cannot_override,
            timeout=60,
        )
        assert (done.returncode, len(done.stderr.splitlines())) == (1, 1), done
        assert str(closed) in done.stderr
    assert list(closed.iterdir()) == []


def test_none_of_the_three_waits_for_sympy(folder: Path, tmp_path: Path) -> None:
    (good, plan) = (str(folder / "good"), str(folder / "plan.toml"))
    for command in (
        ["diff", good, good],
        ["merge", good, good, "-o", str(tmp_path / "out")],
        ["pick", good, "--blueprint", plan, "--seed", "s", "-o", str(tmp_path / "out")],
    ):
        heavy = loaded(RUN.format(argv=["quizgen", "bank", *command]), tmp_path)
        assert "sympy" not in heavy, command
