"""An officer at a terminal, and the appointee beside them: what they press."""

import re

from secterm.dossier.gates import is_adverse
from secterm.policy import reader

CURSOR = re.compile(r"^ *> +(\S.*)$", re.M)


def at(screen):
    """The row that the cursor is on, empty where there is none."""
    found = CURSOR.search(screen)
    return found.group(1) if found else ""


def bare(text):
    """Without spaces and line ends, so that where a screen wraps does not matter."""
    return "".join(text.split())


class Desk:
    """Drives the screens by keyboard alone, reading what they show."""

    def __init__(self, terminal, *, officer, passphrase, second=None, second_passphrase=""):
        self.t = terminal
        self.officer = officer
        self.passphrase = passphrase
        self.second = second
        self.second_passphrase = second_passphrase
        self.pack = reader.read(reader.default_folder())

    # -- coming and going -------------------------------------------------

    def first_run(self, unit):
        self.t.wait("There is no vault yet")
        self.t.wait("> Unit")
        self.t.enter(unit)
        self.t.wait("> Your name")
        self.t.enter(self.officer)
        self.t.wait("> Passphrase")
        self.t.enter(self.passphrase)
        self.t.wait("> Once more")
        self.t.enter(self.passphrase)
        self.t.wait("> Key file beside it")
        self.t.press("enter")
        screen = self.t.wait("The vault is made")
        self.t.wait("Fingerprint")
        self.t.press("enter")
        self.t.wait("Make recovery shares now")
        self.t.enter("2")
        self.t.wait("There is no dossier yet")
        self.t.settled()
        return screen

    def add_second(self):
        self.t.press("f4")
        self.t.wait("Officers of this vault")
        self.t.press("f2")
        self.t.wait("> New officer's name")
        self.t.enter(self.second)
        self.t.wait("> Role")
        self.t.press("enter")
        self.t.wait("> Passphrase")
        self.t.enter(self.second_passphrase)
        self.t.wait("> Once more")
        self.t.enter(self.second_passphrase)
        self.t.wait("> Key file beside it")
        self.t.press("enter")
        self.t.wait(f"{self.second} can unlock this vault now")
        self.t.press("esc")
        self.t.wait("Show only")

    def unlock(self):
        self.t.wait("> Officer")
        self.t.enter(self.officer)
        self.t.wait("> Passphrase")
        self.t.enter(self.passphrase)
        self.t.wait("Show only")

    def to_list(self):
        self.t.press("esc")
        self.t.wait("Show only")

    def find(self, name):
        self.t.type(name.split()[0])
        self.t.until(lambda s: re.search(rf"> {re.escape(name)}", s), name)
        self.t.press("enter")
        self.t.wait(f"Dossier: {name}")

    # -- a dossier ----------------------------------------------------------

    def open_dossier(self, name, category):
        self.t.press("f2")
        self.t.wait("> Full name")
        for label, text in (
            ("> Full name", name),
            ("> Date of birth", "1990-02-28"),
            ("> Identity number", f"TEST-{category}"),
            ("> Post", "Test post"),
            ("> Department", "Test department"),
        ):
            self.t.wait(label)
            self.t.enter(text)
        self.t.wait("> Category of the post")
        self.t.type({"core": "1", "key": "2", "general": "3"}[category])
        self.t.press("enter")
        self.t.wait("> How to reach them")
        self.t.press("enter")
        self.t.wait(f"Dossier: {name}")
        self.t.wait("NEXT")

    def next(self, shows):
        self.t.wait("NEXT")
        self.t.press("enter")
        return self.t.wait(shows)

    def questions(self, category):
        return [
            q for s in self.pack.screening.sections for q in s.questions if category in q.categories
        ]

    def interview(self, category, *, adverse=(), start=0, stop=None):
        """Answers the questions from `start`; those in `adverse` adversely."""
        asked = self.questions(category)
        for at, question in list(enumerate(asked, 1))[start:stop]:
            self.t.until(lambda s, at=at, q=question: f"{at}. {q.text[:40]}" in s, f"question {at}")
            self.answer(question, question.id in adverse)
        if stop is None:
            self.t.wait("Checks and findings")

    def answer(self, question, adverse):
        match question.kind:
            case "yes_no":
                yes = is_adverse(question, True) if adverse else not is_adverse(question, True)
                self.t.type("y" if yes else "n")
            case "choice":
                wanted = next(c for c in question.choices if c.adverse == adverse)
                self.t.type(str(question.choices.index(wanted) + 1))
            case "text":
                self.t.enter("Zebrafinch answer")
            case "date":
                self.t.enter("2019-05-04")
            case "number":
                self.t.enter("1")
            case "list":
                if adverse or question.id == "posts":
                    for field in question.fields:
                        self.t.wait(f"> {field.text}")
                        self.t.enter("2018-03-02" if field.kind == "date" else "Quokkaville")
                    self.t.wait("1. Quokkaville")
                self.t.press("enter")
        if adverse:
            self.t.wait(question.follow_up.text[:40])
            self.t.enter("Wombatford follow-up")

    def checks_and_findings(self, *, conditions=(), second=False):
        """Records every check, then each finding; the screen leads from one to the next."""
        while True:
            self.t.until(lambda s: at(s) and "Enter Open" in s, "a row to open")
            row = at(self.t.settled(0.04))
            if row.startswith("The whole screening"):
                break
            if "to check" not in row:
                self.t.press("down")
                self.t.until(lambda s, row=row: at(s) not in ("", row), "the next row")
                continue
            self.t.press("enter")
            self.t.wait("> Document or person")
            self.t.enter("Original 4711")
            self.t.wait("> Is the answer")
            self.t.type("1")
            self.t.until(lambda s, row=row: f"> {row}" not in s and "done." in s, "the next row")
        for title in conditions:
            self.t.press("home")
            self._to_row(title)
            self.finding(conditional=True)
        self.t.press("f5")
        self.t.wait("sections found suitable")
        self.t.wait("> The whole screening")
        self.finding(conditional=bool(conditions))
        if second:
            self.t.wait("> Review by a second officer")
            self.t.press("enter")
            self.second_word("Second officer's word")
        self.t.wait("> Screening is done. Enter goes on")
        self.t.press("esc")
        self.t.wait("NEXT")

    def _to_row(self, title):
        for _ in range(80):
            row = at(self.t.settled(0.04))
            if row.startswith(title):
                return
            self.t.press("down")
            self.t.until(lambda s, row=row: at(s) not in ("", row), "the next row")
        raise AssertionError(title)

    def finding(self, *, conditional):
        self.t.press("enter")
        self.t.wait("> Finding")
        self.t.type("2" if conditional else "1")
        if conditional:
            self.t.wait("> Reason")
            self.t.enter("Watched for a reason")
            self.t.wait("> Conditions")
            self.t.enter("Interview again in May")
        self.t.wait("Checks and findings")

    def second_word(self, label):
        self.t.wait(f"> {label}")
        self.t.type("1")
        self.t.press("enter")
        self.t.gone(f"> {label}")
        self.t.wait("> Second officer")
        self.t.enter(self.second)
        self.t.wait("> Their own passphrase")
        self.t.enter(self.second_passphrase)

    def training(self):
        """One course for all, then the appointee reads and takes every quiz."""
        self.next("modules done")
        self.t.press("f6")
        self.t.wait("> Day")
        self.t.press("enter")
        self.t.wait("> Who taught")
        self.t.press("enter")
        self.t.wait("> Place")
        self.t.press("enter")
        self.t.wait("quiz owed")
        self.t.press("f5")
        self.begins()
        self.t.wait("page 1 of")
        while "Thank you." not in self.t:
            screen = self.t.settled(0.05)
            if "Enter gives the answer." in screen:
                self.choose(screen)
                continue
            if "Enter goes on." in screen:
                assert "Passed:" in screen, screen
                self.t.press("enter")
            elif re.search("Enter (shows more|turns the page|begins the quiz)", screen):
                self.t.press("enter")
            self.t.until(lambda s, before=screen: s != before, "something else")
        self.give_back()
        self.t.wait("> Training is done. Enter goes on")
        self.t.press("esc")
        self.t.wait("NEXT")

    def choose(self, screen):
        flat = "".join(screen.split())
        asked = [
            question
            for module in self.pack.training.modules
            if f"{bare(module.title)}:question" in flat
            for question in module.bank
            if bare(question.text) in flat
        ]
        right = bare(max(asked, key=lambda question: len(question.text)).right)
        shown = re.split(r">?(\d)\(•?\)", flat.split("Choosewiththearrows")[0])
        numbers = dict(zip(shown[2::2], shown[1::2], strict=True))
        number = numbers[right]
        self.t.type(number)
        chosen = self.t.until(lambda s: f"> {number} (•)" in s, "the cursor on the answer")
        self.t.press("enter")
        self.t.until(lambda s: s != chosen, "what follows the answer")

    def begins(self):
        self.t.wait("Enter begins.")
        self.t.settled(0.05)  # an Enter before the page was drawn is not meant for it
        self.t.press("enter")

    def give_back(self):
        self.t.wait("Give the keyboard back")
        self.t.press("enter")
        self.t.wait("> Officer's passphrase")
        self.t.enter(self.passphrase)

    def undertaking(self, name, *, signs=True, witnessed=False):
        if witnessed:
            self.next("> Second officer")
            self.t.enter(self.second)
            self.t.wait("> Their own passphrase")
            self.t.enter(self.second_passphrase)
        else:
            self.next("Enter begins.")
        self.begins()
        self.t.wait("Please read all of it")
        if not signs:
            self.t.press("f4")
            self.t.wait("> Your reason")
            self.t.enter("I do not accept the cooling-off")
            self.t.wait("It is recorded that you do not sign")
            self.give_back()
            self.t.wait("NEXT")
            return
        while "Your full name" not in self.t:
            before = self.t.text()
            self.t.press("enter")
            self.t.until(lambda s, before=before: s != before, "the next page")
        self.t.wait("> Your full name")
        self.t.enter(name)
        self.t.wait("> Your signing secret")
        self.t.enter("appointee's test secret")
        self.t.wait("> Once more")
        self.t.enter("appointee's test secret")
        self.t.wait("The undertaking is signed by both sides")
        self.give_back()
        self.t.wait("NEXT")

    def rules(self, category):
        rules = [r for r in self.pack.rules.rules if category in r.categories]
        self.next("Enter begins.")
        self.begins()
        self.t.wait("I have read this rule")
        for at in range(len(rules)):
            self.t.wait(f" {at}/{len(rules)}")
            self.t.settled(0.03)
            self.t.press("enter")
        self.t.wait("rules were put to you")
        self.give_back()
        self.t.wait("NEXT")

    def decide(self, decision, *, conditions="", second=False):
        self.next("> Decision")
        screen = self.t.text()
        number = re.search(rf"(\d) \([• ]\) {decision}", screen).group(1)
        self.t.type(number)
        self.t.wait("> Reason")
        self.t.enter("For the reasons recorded")
        if decision == "Admit":
            self.t.wait("> Conditions")
            self.t.enter(conditions)
        if second:
            self.second_word("Second officer's word")
