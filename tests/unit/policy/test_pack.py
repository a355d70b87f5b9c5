"""A pack comes out whole and checked, or not at all, and says what is wrong where."""

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secterm.policy import reader, texts
from secterm.policy.reader import PackInvalid

DEFAULT = Path(__file__).resolve().parents[3] / "data" / "default"

FILES = reader.read_folder(DEFAULT)


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


def test_a_file_that_is_no_honest_packs_is_not_read(copy):
    (copy / "rules.toml").write_bytes(b"#" * (reader.LARGEST_FILE + 1))
    assert faults(copy) == (f"rules.toml: larger than {reader.LARGEST_FILE} bytes",)


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
    edit(copy, "undertaking.toml", "{date}", "{shoe_size}")
    edit(copy, "pack.toml", '"training", "undertaking"', '"undertaking", "training"')
    edit(copy, "rules.toml", "reason = ", 'colour = "red"\nreason = ')
    assert len(faults(copy)) == 3


def test_a_later_format_is_told_before_its_new_keys(copy):
    edit(copy, "pack.toml", "format = 1", 'format = 2\nnew = "key"')
    assert faults(copy) == ("pack.toml: format: is 2; this program reads 1",)


def test_a_toml_file_that_nothing_reads_is_named(copy):
    (copy / "rule.toml").write_text("")
    (copy / ".rules.toml.swp").write_text("")
    (copy / "README.md").write_text("")
    assert faults(copy) == ("rule.toml: is no file of a pack and is not read",)


def test_a_pack_that_was_adopted_is_read_though_more_is_asked_today(copy):
    edit(copy, "screening.toml", "least = 0\nmost = 120", "least = 120\nmost = 0")
    files = reader.read_folder(copy)
    with pytest.raises(PackInvalid):
        reader.parse(files)
    assert reader.parse(files, judged=False).digest == reader.digest_of(files)


def test_a_stored_pack_is_read_from_its_bytes(copy):
    files = reader.read_folder(copy)
    assert reader.parse(files) == reader.read(copy)
    del files["rules.toml"]
    with pytest.raises(PackInvalid, match=r"rules\.toml: is missing"):
        reader.parse(files)


# Each row: what is wrong, where it is put (file, old, new), and what must be told.
WRONG = [
    # -- types and keys, told by table and id
    ("a category that there is not", "pack.toml", "[categories.key]", "[categories.keen]",
     "pack.toml: categories: Invalid enum value 'keen'"),
    ("a flag that is a number", "pack.toml", "witness = true", "witness = 1",
     "pack.toml: categories core witness: Expected `bool`"),
    ("a validity in words", "training.toml", "validity_months = { core = 12, key = 24",
     'validity_months = { core = 12, key = "24"', "module 'law' validity_months key: Expected"),
    ("a field's unknown key", "screening.toml", '{ id = "address", text',
     '{ id = "address", hue = 1, text', "question 'addresses' fields 'address': Object contains"),
    # -- pack.toml
    ("no name", "pack.toml", 'name = "Posts', 'name = "  "#', "pack.toml: name: is empty"),
    ("no version", "pack.toml", 'version = "1.0.0"', 'version = ""', "pack.toml: version: is em"),
    ("no level", "pack.toml", 'level = "Secret"', 'level = ""', "categories key: level: is empty"),
    ("no wording", "pack.toml", 'unit = "the unit"', 'unit = ""', "wording: unit: is empty"),
    ("an id with a space", "pack.toml", 'id = "default"', 'id = "my pack"', "'my pack': id: only"),
    ("no language", "pack.toml", 'language = "en"', 'language = "?"', "pack.toml: language: must"),
    ("two categories of one name", "pack.toml", 'name = "Key"', 'name = "core"', "is there twice"),
    ("a core post decided alone", "pack.toml", "second_decision = true", "second_decision = false",
     "categories core: second_decision: must be true"),
    ("a core post reviewed by nobody", "pack.toml", "review = true", "review = false",
     "categories core: review: must be true"),
    ("a gate that is there twice", "pack.toml", '"undertaking", "rules"]', '"rules", "rules"]',
     "pack.toml: gates: must name each of screening, training, undertaking, rules once"),
    ("a witness for key alone", "pack.toml", 'level = "Secret"', 'level = "Secret"\nwitness = true',
     None),
    ("a witness for general alone", "pack.toml", 'level = "Confidential"',
     'level = "Confidential"\nwitness = true', "categories key: witness: is asked of general"),
    ("a shorter cooling-off above", "pack.toml", "[3, 5]", "[1, 2]",
     "categories core: cooling_off_years: must not be shorter than that of key"),
    ("a cooling-off that ends before it begins", "pack.toml", "[3, 5]", "[5, 3]",
     "categories core: cooling_off_years: must be from fewer"),
    ("a cooling-off longer than a life", "pack.toml", "[3, 5]", "[3, 500]", "60 at most"),
    ("a validity of no month", "pack.toml", "validity_months = 36", "validity_months = 0",
     "categories core: validity_months: must be 1 to 600"),
    # -- screening.toml
    ("an id that is too long", "screening.toml", 'id = "gaps"', f'id = "{"g" * 65}"',
     "id: more than 64 characters"),
    ("a section without a title", "screening.toml", 'title = "Finances"', 'title = ""',
     "section 'finances': title: is empty"),
    ("a title too wide for its list", "screening.toml", 'title = "Finances"',
     f'title = "{"F" * 45}"', "section 'finances': title: is 45 columns wide; 44 are shown"),
    ("a check too wide for its list", "screening.toml", 'check = "Personnel file"',
     f'check = "{"P" * 46}"', "question 'discipline': check: is 46 columns wide; 45 are shown"),
    ("wide glyphs", "screening.toml", 'title = "Finances"', f'title = "{"財" * 25}"',
     "title: is 50 columns wide"),
    ("two sections of one title", "screening.toml", 'title = "Finances"',
     'title = "working  Ability"', "section: title: 'working  Ability' is there twice"),
    ("a question asked twice", "screening.toml", "Do you have a second occupation, paid or unpaid?",
     "Do you plan to move, study or work abroad?", "question: text: 'Do you plan"),
    ("no text", "screening.toml", 'text = "Where were you born?"', 'text = " "',
     "question 'birthplace': text: is empty"),
    ("a follow-up that asks nothing", "screening.toml",
     'follow_up = { text = "Where to, when, and how firm is the plan?" }',
     'follow_up = { text = "" }', "question 'plans_abroad': follow_up: text: is empty"),
    ("an adverse bound that is no number", "screening.toml", "adverse_above = 6",
     "adverse_above = nan", "question 'gaps': adverse_above, adverse_below: must be plain"),
    ("an adverse bound without end", "screening.toml", "adverse_above = 6", "adverse_above = inf",
     "question 'gaps': adverse_above, adverse_below: must be plain"),
    ("bounds that meet every number", "screening.toml", "adverse_above = 6",
     "adverse_above = 6\nadverse_below = 7", "adverse_above, adverse_below: leave no number"),
    ("a range that is upside down", "screening.toml", "least = 0\nmost = 120",
     "least = 120\nmost = 0", "question 'gaps': least, most: must be plain numbers"),
    ("a range of what is not counted", "screening.toml", 'id = "birthplace"',
     'id = "birthplace"\nleast = 1', "least, most: only a number or a list question has them"),
    ("a range without end", "screening.toml", "least = 0\nmost = 120",
     "least = 0\nmost = inf", "question 'gaps': least, most: must be plain numbers"),
    ("bounds that leave one number", "screening.toml", "adverse_above = 6",
     "adverse_above = 6\nadverse_below = 6", None),
    ("a bound on words", "screening.toml", 'text = "Where were you born?"',
     'text = "Where were you born?"\nadverse_above = 1', "question 'birthplace': adverse_above"),
    ("an adverse answer of another kind", "screening.toml", 'adverse = "any"', 'adverse = "yes"',
     "question 'relatives_abroad': adverse: 'yes' does not fit a list question"),
    ("a choice between adverse answers", "screening.toml",
     'text = "Never" },\n    { id = "long_ago", text = "More than seven years ago" }',
     'text = "Never", adverse = true },\n'
     '    { id = "long_ago", text = "More than seven years ago", adverse = true }',
     "question 'drugs': choices: every answer is adverse"),
    ("a choice that is there twice", "screening.toml", 'text = "In the last year"',
     'text = "Never "', "question 'drugs': choices: text: 'Never ' is there twice"),
    ("a choice without words", "screening.toml", 'text = "In the last year"', 'text = ""',
     "question 'drugs': choices 'recent': text: is empty"),
    ("more choices than digits", "screening.toml", '{ id = "alone", text = "I live alone" },',
     "".join(f'{{ id = "a{n}", text = "A{n}" }},' for n in range(7)), "are 10 answers in all"),
    ("a field that is there twice", "screening.toml", '{ id = "service", text = "Service" }',
     '{ id = "name", text = "Service" }', "question 'online_presence': field 'name': id: is there"),
    ("two fields of one label", "screening.toml", '{ id = "service", text = "Service" }',
     '{ id = "service", text = "Name used there" }', "fields: text: 'Name used there' is there"),
    ("a field too wide for its label", "screening.toml", 'text = "Service"',
     f'text = "{"S" * 24}"', "fields 'service': text: is 24 columns wide; 23 are shown"),
    ("a row that may be empty", "screening.toml",
     'text = "Service" },\n    { id = "name", text = "Name used there" },',
     'text = "Service", required = false },', "question 'online_presence': fields: needs one"),
    ("a question that fills the screen", "screening.toml", "Where were you born?",
     "Where were you born? " * 50, "question 'birthplace': takes 17 rows; the page has 14"),
    ("a section that asks nothing", "screening.toml", '[[section]]\nid = "identity"',
     '[[section]]\nid = "none"\ntitle = "None"\nquestion = []\n[[section]]\nid = "identity"',
     "section 'none': question: there is none"),
    ("two sections of one id", "screening.toml", 'id = "finances"', 'id = "record"',
     "section 'record': id: is there twice"),
    ("a category that is asked twice", "screening.toml", '["core", "key"]', '["core", "core"]',
     "question 'travel_documents': categories: one is there twice"),
    ("a follow-up to nothing", "screening.toml", 'text = "Where were you born?"',
     'text = "Where were you born?"\nfollow_up = { text = "Why there?" }',
     "question 'birthplace': follow_up: no answer is adverse, so it is never asked"),
    ("choices of a text", "screening.toml", 'text = "Where were you born?"',
     'text = "Where were you born?"\nchoices = [{ id = "a", text = "Here" }]',
     "question 'birthplace': choices: only a choice question has them"),
    ("fields of a text", "screening.toml", 'text = "Where were you born?"',
     'text = "Where were you born?"\nfields = [{ id = "a", text = "Town" }]',
     "question 'birthplace': fields: only a list question has them"),
    ("nothing to choose from", "screening.toml", 'kind = "text"\ntext = "Where were you born?"',
     'kind = "choice"\nchoices = [{ id = "a", text = "Here" }]\ntext = "Where were you born?"',
     "question 'birthplace': choices: needs two or more"),
    ("two choices of one id", "screening.toml", '{ id = "partner"', '{ id = "alone"',
     "question 'family_status': choice 'alone': id: is there twice"),
    # -- training.toml
    ("two modules of one id", "training.toml", 'id = "levels"', 'id = "law"',
     "module 'law': id: is there twice"),
    ("two modules of one title", "training.toml", "Need to know and access",
     "the unit's rules and your duties", "module: title: 'the unit's rules and your duties'"),
    ("two quiz questions of one id", "training.toml", 'id = "levels-1"', 'id = "law-1"',
     "question 'law-1': id: is there twice"),
    ("a module that nobody owes", "training.toml",
     "hours = { core = 3.0, key = 2.0, general = 2.0 }", "hours = {}",
     "module 'law': hours: nobody owes this module"),
    ("a validity of no months", "training.toml", "validity_months = { core = 12",
     "validity_months = { core = 0", "module 'law': validity_months: must be 1 to 600"),
    ("a bank without a quiz", "training.toml", "quiz = { draw = 5, passing = 4", "#",
     "module 'law': quiz: is missing, though there are questions"),
    ("a quiz without a reading", "training.toml", 'id = "two-person"',
     'id = "two-person"\nquiz = { draw = 1, passing = 1, attempts = 1 }',
     "module 'two-person': reading: a module with a quiz carries its text"),
    ("more answers than digits", "training.toml", '"The person who drafts the paper",',
     "".join(f'"A{n}", ' for n in range(7)), "question 'levels-3': wrong: are 10 answers in all"),
    ("hours that are no number", "training.toml", "hours = { core = 3.0", "hours = { core = nan",
     "module 'law': hours: must be more than 0"),
    ("hours without end", "training.toml", "hours = { core = 3.0", "hours = { core = inf",
     "module 'law': hours: must be more than 0"),
    ("no hours", "training.toml", "hours = { core = 3.0", "hours = { core = 0",
     "module 'law': hours: must be more than 0"),
    ("hours without a validity", "training.toml", "validity_months = { core = 12, key = 24, ",
     "validity_months = { core = 12, ", "module 'law': validity_months: must name the categories"),
    ("a module that covers nothing", "training.toml", 'covers = ["laws"]', "covers = []",
     "module 'law': covers: must name"),
    ("a module's title too wide", "training.toml", 'title = "What a secret is, and the law"',
     f'title = "{"L" * 45}"', "module 'law': title: is 45 columns wide; 44 are shown"),
    ("a quiz larger than its bank", "training.toml", "quiz = { draw = 5", "quiz = { draw = 50",
     "module 'law': quiz draw: must be 1 to 9"),
    ("a pass mark nobody reaches", "training.toml", "passing = 4", "passing = 6",
     "module 'law': quiz passing: must be 1 to 5"),
    ("no attempt", "training.toml", "attempts = 3", "attempts = 0", "quiz attempts: must be 1"),
    ("a reading that nobody is shown", "training.toml", "quiz = { draw = 5, passing = 4", "#",
     "module 'law': reading: is shown before a quiz, and there is none"),
    ("a page wider than the screen", "training.toml", "A state secret has three marks.",
     "A state secret has three marks." + "!" * 50, "module 'law': reading #1: a line is"),
    ("a page longer than the screen", "training.toml", "A state secret has three marks.",
     "A state secret has three marks." + "\nMore." * 7, "reading #1: takes 18 rows; the page has"),
    ("an empty page", "training.toml", 'reading = [\n', 'reading = [\n"""\n""",\n',
     "module 'law': reading #1: is empty"),
    ("one quiz question twice", "training.toml", "Who may set the level of a secret?",
     "From when is a  draft marked?", "module 'levels': question: text: 'From when is a draft"),
    ("a right answer that is wrong too", "training.toml", '"The person who drafts the paper"',
     '"a person who is named as a classifying officer"', "question 'levels-3': wrong: 'a person"),
    ("an empty wrong answer", "training.toml", '"The person who drafts the paper"', '""',
     "question 'levels-3': wrong: needs one or more, and none of them empty"),
    ("no reason why", "training.toml", 'why = "The level follows the harm a leak would do."',
     'why = ""', "question 'levels-1': why: is empty"),
    ("a quiz question that fills the screen", "training.toml", "How much harm a leak would do",
     "How much harm a leak would do " * 30, "question 'levels-1': takes"),
    # -- undertaking.toml
    ("an undertaking between nobody", "undertaking.toml", "{unit}, represented by",
     "We, represented by", None),
    ("a part without a title", "undertaking.toml", 'title = "While in the post"', 'title = ""',
     "part 'in_post': title: is empty"),
    ("a placeholder in a title that is not filled", "undertaking.toml", "While in the post",
     "While in {post}", "part 'in_post': title: placeholder {post}: nothing fills it here"),
    ("an empty clause", "undertaking.toml", "clauses = [\n", 'clauses = [\n    "",\n',
     "part 'taking_up': clauses #1: is empty"),
    ("a placeholder with a format", "undertaking.toml", "{date}", "{date!r}", "nothing fills it"),
    ("two parts of one id", "undertaking.toml", 'id = "in_post"', 'id = "taking_up"',
     "part 'taking_up': id: is there twice"),
    ("two parts of one title", "undertaking.toml", "While in the post", "On taking up the post",
     "part: title: 'On taking up the post' is there twice"),
    ("a part without clauses", "undertaking.toml", '[[part]]\nid = "in_post"',
     '[[part]]\nid = "none"\ntitle = "None"\nclauses = []\n[[part]]\nid = "in_post"',
     "part 'none': clauses: there is none"),
    ("a placeholder of no particular in the title", "undertaking.toml", "Undertaking to keep",
     "Undertaking of {who} to keep", "title: placeholder {who}: nothing fills it"),
    ("a placeholder of no particular in the declaration", "undertaking.toml", "I, {name}, declare",
     "I, {who}, declare", "undertaking.toml: declaration: placeholder {who}: nothing fills it"),
    ("a placeholder of no particular in a clause", "undertaking.toml", "up to the level {level}",
     "up to the level {height}", "part 'taking_up': clauses #3: placeholder {height}: nothing"),
    # -- rules.toml
    ("a rule that binds nobody", "rules.toml", 'categories = ["core", "key"]', "categories = []",
     "categories: nobody is asked this"),
    ("a placeholder in a rule", "rules.toml", "You must share a secret", "You must tell {officer}",
     "rule 'need_to_know': text: placeholder {officer}: nothing fills it here"),
    ("a rule without a reason", "rules.toml", 'reason = "A favour creates', 'reason = ""#',
     "rule 'no_gifts': reason: is empty"),
    ("a rule that is there twice", "rules.toml", 'text = "You must file the route',
     'text = "You must wear your pass inside protected areas and let nobody in on it."#',
     "rule: text: 'You must wear your pass"),
    ("a rule that fills the screen", "rules.toml", "You must share a secret",
     "You must share a secret " * 50, "rule 'need_to_know': takes"),
    ("an escape", "rules.toml", "You must share", "You \\u001b[2J must share",
     "rule 'need_to_know': text: holds the character U+001B, which cannot be shown"),
    ("a text that runs backwards", "rules.toml", "You must share", "You \\u202e must share",
     "rule 'need_to_know': text: holds the character U+202E"),
    ("a line end in a row", "rules.toml", "You must share", "You\\nmust share",
     "rule 'need_to_know': text: holds a line end"),
    ("a tab on a page", "training.toml", "A state secret has", "A state\tsecret has",
     "module 'law': reading #1: holds the character U+0009"),
    ("a spelling with a joiner", "rules.toml", "You must share", "You mu\\u200cst share", None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "old", "new", "told"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG]
)
def test_what_is_wrong_is_named(name, old, new, told):
    text = FILES[name].decode()
    assert old in text, f"{name} no longer holds {old!r}"
    text = text.replace(old, new, 1)
    if told is None:
        reader.parse({**FILES, name: text.encode()})
        return
    with pytest.raises(PackInvalid) as caught:
        reader.parse({name: text.encode()})  # that the other files are missing is told too
    found = [fault for fault in caught.value.faults if not fault.endswith(".toml: is missing")]
    assert any(told in fault for fault in found), found
    assert all(fault.startswith(f"{name}: ") for fault in found)


@pytest.mark.parametrize(
    ("name", "key", "told"),
    [
        ("screening.toml", "section", "question: category key is asked nothing"),
        ("training.toml", "module", "module: category key is taught nothing"),
        ("rules.toml", "rule", "rule: category key has none"),
    ],
)
def test_a_file_that_holds_nothing_is_named(name, key, told):
    files = {**FILES, name: f"{key} = []".encode()}
    with pytest.raises(PackInvalid) as caught:
        reader.parse(files)
    assert f"{name}: {key}: there is none" in caught.value.faults
    assert f"{name}: {told}" in caught.value.faults


def test_an_undertaking_without_parts_is_named(copy):
    file = copy / "undertaking.toml"
    file.write_text("part = []\n" + file.read_text().partition("[[part]]")[0])
    assert faults(copy) == ("undertaking.toml: part: there is none",)


def test_a_category_that_is_missing_is_named(copy):
    file = copy / "pack.toml"
    file.write_text(file.read_text().partition("[categories.general]")[0])
    assert faults(copy) == ("pack.toml: categories general: is missing",)


def test_an_undertaking_that_does_not_name_the_unit_is_named(copy):
    file = copy / "undertaking.toml"
    file.write_text(file.read_text().replace("{unit}", "We"))
    assert faults(copy) == (
        "undertaking.toml: preamble: must say {unit}; an agreement names both sides",
    )


@given(st.text(alphabet="ab 財\n", max_size=60), st.integers(1, 12))
def test_rows_are_enough_and_not_more_than_each_word_alone(text, columns):
    words = text.split()
    taken = texts.rows(text, max(columns, 2))
    assert taken * max(columns, 2) >= sum(map(texts.cells, words))
    breaks = sum(texts.cells(w) // max(columns, 2) for w in words)
    assert taken <= len(words) + breaks + text.count("\n")


# -- what is found on a machine ----------------------------------------------------------


def raising(folder, line):
    with (folder / "pack.toml").open("a") as file:
        file.write(f"\n[host]\n{line}\n")


def test_a_pack_raises_what_a_finding_weighs(copy):
    raising(copy, 'network = "stop"\nbluetooth = "warn"')
    assert reader.read(copy).head.host == {"network": "stop", "bluetooth": "warn"}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('keen = "stop"', "pack.toml: host: Invalid enum value 'keen'"),
        ('network = "halt"', "pack.toml: host network: Invalid enum value 'halt'"),
        ("network = true", "pack.toml: host network: Expected `str`"),
        ('network = "note"', "pack.toml: host: network: is warn already; a pack can only raise it"),
        ('tracer = "stop"', "pack.toml: host: tracer: is stop already; a pack can only raise it"),
        ('clock_behind = "stop"', "pack.toml: host: clock_behind: must not stop"),
    ],
)
def test_what_a_pack_cannot_raise_is_named(copy, line, said):
    raising(copy, line)
    assert faults(copy)[0].startswith(said)
