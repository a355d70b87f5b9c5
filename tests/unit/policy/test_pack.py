"""A pack comes out whole and checked, or not at all, and says what is wrong where."""

import shutil
from pathlib import Path

import pytest

from secterm.policy import reader
from secterm.policy.model import CATEGORIES
from secterm.policy.reader import PackInvalid

DEFAULT = Path(__file__).resolve().parents[3] / "data" / "default"


@pytest.fixture
def copy(tmp_path):
    return Path(shutil.copytree(DEFAULT, tmp_path / "pack"))


def faults(folder):
    with pytest.raises(PackInvalid) as caught:
        reader.read(folder)
    return caught.value.faults


def edit(folder, name, old, new):
    file = folder / name
    text = file.read_text()
    assert old in text, f"{name} no longer holds {old!r}"
    file.write_text(text.replace(old, new, 1))


def test_the_default_pack_holds():
    pack = reader.read(DEFAULT)
    assert pack.digest == reader.digest_of(reader.read_folder(DEFAULT))


def test_the_default_pack_is_as_large_as_its_field():
    pack = reader.read(DEFAULT)
    questions = [q for s in pack.screening.sections for q in s.questions]
    assert len(questions) >= 40
    assert len(pack.screening.sections) >= 8
    assert {q.kind for q in questions} == {"yes_no", "choice", "text", "date", "number", "list"}
    assert sum(bool(q.check) for q in questions) >= 10
    assert len(pack.training.modules) >= 10
    with_quiz = [m for m in pack.training.modules if m.quiz]
    assert sum(len(m.bank) >= 8 and m.quiz.draw == 5 for m in with_quiz) >= 6
    assert all(1 <= len(m.reading) <= 3 for m in with_quiz)
    assert len(pack.rules.rules) >= 30
    assert {r.duty for r in pack.rules.rules} == {"must", "must_not"}
    asked = {c: sum(c in q.categories for q in questions) for c in CATEGORIES}
    assert asked["core"] > asked["key"] > asked["general"] > 0


def test_the_default_pack_covers_what_is_to_be_taught():
    covered = {c for m in reader.read(DEFAULT).training.modules for c in m.covers}
    assert covered == {
        "laws", "regulations", "systems", "standards", "methods", "skills", "carriers",
    }  # fmt: skip


def test_cooling_off_is_as_the_field_has_it():
    terms = reader.read(DEFAULT).head.categories
    assert {c: tuple(terms[c].cooling_off_years) for c in CATEGORIES} == {
        "core": (3, 5),
        "key": (2, 3),
        "general": (1, 2),
    }


def test_every_quiz_page_fits_a_console():
    for module in reader.read(DEFAULT).training.modules:
        for page in module.reading:
            lines = page.strip("\n").splitlines()
            assert len(lines) <= 17, module.id
            assert max(map(len, lines)) <= 76, module.id


def test_the_identity_changes_with_any_byte(copy):
    before = reader.read(copy).digest
    with (copy / "rules.toml").open("a") as stream:
        stream.write("\n# a remark\n")
    assert reader.read(copy).digest != before


def test_a_missing_folder_is_named(tmp_path):
    assert "no such folder" in faults(tmp_path / "nowhere")[0]


def test_a_missing_file_is_named(copy):
    (copy / "rules.toml").unlink()
    assert faults(copy)[0].startswith("rules.toml: cannot be read")


def test_broken_toml_names_file_and_line(copy):
    (copy / "rules.toml").write_text("[[rule]\n")
    fault = faults(copy)[0]
    assert fault.startswith("rules.toml: is not TOML")
    assert "line 1" in fault


def test_bytes_that_are_no_text_are_named(copy):
    (copy / "rules.toml").write_bytes(b"\xff\xfe\x00")
    assert faults(copy)[0].startswith("rules.toml: is not TOML")


def test_an_unknown_key_is_named_with_its_table(copy):
    edit(copy, "rules.toml", "reason = ", 'colour = "red"\nreason = ')
    first = reader.read(DEFAULT).rules.rules[0].id
    assert f"rule '{first}'" in faults(copy)[0]
    assert "colour" in faults(copy)[0]


def test_a_duplicate_id_is_named(copy):
    text = (copy / "rules.toml").read_text()
    first = text[text.index("[[rule]]") :].split("[[rule]]")[1]
    (copy / "rules.toml").write_text(f"{text}\n[[rule]]{first}")
    assert any("id: is there twice" in f for f in faults(copy))


def test_a_quiz_with_no_right_answer_is_named(copy):
    question = next(m for m in reader.read(DEFAULT).training.modules if m.bank).bank[0]
    edit(copy, "training.toml", f'right = "{question.right}"', 'right = ""')
    assert any(question.id in f and "no right answer" in f for f in faults(copy))


def test_a_question_that_no_category_is_asked_is_named(copy):
    first = reader.read(DEFAULT).screening.sections[0].questions[0].id
    edit(copy, "screening.toml", f'id = "{first}"', f'id = "{first}"\ncategories = []')
    assert any(first in f and "nobody is asked" in f for f in faults(copy))


def test_a_placeholder_that_nothing_fills_is_named(copy):
    edit(copy, "undertaking.toml", "{name}", "{shoe_size}")
    assert any("{shoe_size}" in f and "nothing fills it" in f for f in faults(copy))


def test_a_brace_that_stands_alone_is_named(copy):
    edit(copy, "undertaking.toml", "{name}", "{name")
    assert any("undertaking.toml" in f for f in faults(copy))


def test_an_adverse_answer_without_follow_up_is_named(copy):
    with (copy / "screening.toml").open("a") as stream:
        stream.write(
            '\n[[section]]\nid = "more"\ntitle = "More"\n[[section.question]]\n'
            'id = "odd"\nkind = "yes_no"\ntext = "Is it odd?"\nadverse = "yes"\n'
        )
    assert faults(copy) == (
        "screening.toml: question 'odd': follow_up: an adverse answer asks one",
    )


def test_training_stands_before_the_undertaking(copy):
    edit(copy, "pack.toml", '"training", "undertaking"', '"undertaking", "training"')
    assert any("gates" in f for f in faults(copy))


def test_a_later_format_is_refused(copy):
    edit(copy, "pack.toml", "format = 1", "format = 2")
    assert faults(copy) == ("pack.toml: format: is 2; this program reads 1",)


def test_all_faults_are_told_at_once(copy):
    edit(copy, "undertaking.toml", "{name}", "{shoe_size}")
    edit(copy, "pack.toml", '"training", "undertaking"', '"undertaking", "training"')
    assert len(faults(copy)) >= 2
