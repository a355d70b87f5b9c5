"""An officer at a terminal, and the appointee beside them: what they press."""

import contextlib
import re

from secterm.dossier.gates import is_adverse
from secterm.policy import reader
from tests.support.terminal import Timeout

CURSOR = re.compile(r"^ *> +(\S.*)$", re.M)
# The appointee's pages: how each is known, and what else stands on it once all of it shows.
PAGES = (
    (r"Enter begins\.", "The officer turns the keyboard"),
    (r"question \d+ of \d+", "Enter gives the answer"),
    (r"page \d+ of \d+", r"\d+ of \d+ lines shown|Enter turns the page|Enter begins the quiz"),
    (r"Passed: |Not passed yet: ", r"\d+ of \d+ lines shown|Enter goes on|Enter reads the text"),
    ("Please read all of it", r"\d+ of \d+ lines shown|Enter goes on"),
    ("> Your full name", "> Your full name"),
    (r" \d+/\d+$", r"\d+ of \d+ lines shown|I have read this rule"),
    ("Thank you", "Enter asks"),
    ("> Officer's passphrase", "> Officer's passphrase"),
)
PATIENCE = 2.0  # seconds until a person presses a key again that did nothing


def at(screen):
    """The row that the cursor is on, empty where there is none."""
    found = CURSOR.search(screen)
    return found.group(1) if found else ""


def page_of(screen):
    """Which page of the appointee's it is, and where on it; None until all of it shows."""
    for known, more in PAGES:
        if place := re.search(known, screen, re.M):
            rest = re.findall(more, screen)
            # What stood elsewhere on the page before may be there a moment longer.
            return (place.group(), *dict.fromkeys(rest)) if rest else None
    return None


def is_over(screen):
    """Whether nothing is left to do for the appointee."""
    return "Thank you." in screen or "> Officer's passphrase" in screen


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
        self.asked = ""  # the quiz question that was answered last

    # -- coming and going -------------------------------------------------

    def first_run(self, unit):
        self.t.wait("There is no vault yet")
        for label, text in (
            ("> Unit", unit),
            ("> Your name", self.officer),
            ("> Passphrase", self.passphrase),
            ("> Once more", self.passphrase),
            ("> Key file beside it", ""),
        ):
            self.t.wait(label)
            self.t.enter(text)
        self.t.wait("The vault is made")
        self.t.wait("Fingerprint")
        self.t.press("enter")
        self.t.wait("Make recovery shares now")
        self.t.enter("2")
        self.t.wait("There is no dossier yet")

    def add_second(self):
        self.t.press("f4")
        self.t.wait("Officers of this vault")
        self.t.press("f2")
        for label, text in (
            ("> New officer's name", self.second),
            ("> Role", ""),
            ("> Passphrase", self.second_passphrase),
            ("> Once more", self.second_passphrase),
            ("> Key file beside it", ""),
        ):
            self.t.wait(label)
            self.t.enter(text)
        self.t.wait(f"{self.second} can unlock this vault now")
        self.to_list()

    def unlock(self, shows="Show only"):
        """Name and passphrase; after a lock the name stands there already."""
        if "> Officer" in self.t.wait("Enter Go on  F3 Key file"):
            self.t.enter(self.officer)
        self.t.wait("> Passphrase")
        self.t.enter(self.passphrase)
        return self.t.wait(shows)

    def lock(self):
        """The checkpoint that the way in shows then."""
        self.t.press("ctrl+l")
        return self.t.find(r"Locked\. Checkpoint (\d+:[0-9a-f-]{24})")

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
        """All of the form is typed ahead, as by a hand that knows it."""
        self.t.press("f2")
        self.t.wait("> Full name")
        particulars = (name, "28.2.1990", f"TEST-{category}", "Test post", "Test department")
        number = {"core": "1", "key": "2", "general": "3"}[category]
        self.t.type("\r".join((*particulars, number, "", "")))
        self.t.wait(f"Dossier: {name}")
        self.t.wait("> NEXT")

    def next(self, shows):
        self.t.wait("> NEXT")
        self.t.press("enter")
        return self.t.wait(shows)

    def questions(self, category):
        return [
            q for s in self.pack.screening.sections for q in s.questions if category in q.categories
        ]

    def interview(self, category, *, adverse=(), start=0, stop=None):
        """Answers the questions from `start`; those in `adverse` adversely."""
        asked = self.questions(category)
        for number, question in list(enumerate(asked, 1))[start:stop]:
            self.t.wait(f" {number}. {question.text[:40]}")
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
                self.t.enter("4.5.2019")
            case "number":
                self.t.enter("1")
            case "list":
                if adverse or question.id == "posts":
                    for field in question.fields:
                        self.t.wait(f"> {field.text}")
                        self.t.enter("2.3.2018" if field.kind == "date" else "Quokkaville")
                    self.t.wait("1. Quokkaville")
                self.t.press("enter")
        if adverse:
            self.t.wait(question.follow_up.text[:40])
            self.t.enter("Wombatford follow-up")

    def checks_and_findings(self, *, second=False):
        """What is under the cursor is done, until the screening is; each leads to the next.

        A section with an adverse answer is found suitable on a condition, and so is the
        whole then.
        """
        before, checked, adverse = None, False, False
        while True:
            before = self.t.until(
                lambda s, before=before: self.to_find(s) not in (None, before), "the next row"
            )
            before, row = self.to_find(before), self.to_find(before)[1]
            if row.startswith("Screening is done. Enter goes on"):
                return
            if " to check" in row:
                self.check(same=checked)
                checked = True
            elif "sections with nothing adverse" in row:
                self.t.press("enter")
                self.t.wait("> All of these")
                self.t.enter("1")
            elif row.startswith("Review by a second officer"):
                self.t.press("enter")
                self.second_word()
            else:
                adverse = adverse or "adverse)" in row
                self.t.press("enter")
                self.finding(conditional=adverse)

    @staticmethod
    def to_find(screen):
        """How much of the screening is done and what comes next, once all of that shows."""
        done = re.search(r"(\d+) of \d+ done\.", screen)
        row = CURSOR.search(screen)
        return (done.group(1), row.group(1)) if done and row and "Enter Do it" in screen else None

    def check(self, *, same):
        """Against a document, and the next with the same one."""
        if same:
            self.t.press("f6")
            self.t.wait("Original 4711")
        else:
            self.t.press("enter")
            self.t.wait("> Document or person")
            self.t.enter("Original 4711")
        self.t.wait("> Is the answer")
        self.t.enter("1")

    def finding(self, *, conditional):
        self.t.wait("> Finding")
        if not conditional:
            self.t.enter("1")
            return
        self.t.enter("2")
        self.t.wait("> Reason")
        self.t.enter("Watched for a reason")
        self.t.wait("> Conditions")
        self.t.enter("Interview again in May")

    def second_word(self):
        self.t.wait("> Second officer's word")
        self.t.enter("1")
        self.second_officer()

    def second_officer(self):
        self.t.wait("> Second officer\n")
        self.t.enter(self.second)
        self.t.wait("> Their own passphrase")
        self.t.enter(self.second_passphrase)

    def interrupted(self, category, question, *, adverse):
        """An interview that is locked in the middle of the answer to this question."""
        place = [q.id for q in self.questions(category)].index(question)
        self.interview(category, adverse=adverse, stop=place)
        self.t.wait(f" {place + 1}. ")
        self.t.type("Zebrafinch ans")
        self.t.wait("Zebrafinch ans")
        self.lock()
        assert "Zebrafinch" not in self.t
        self.unlock("What you had typed before the lock is here again.")
        self.t.wait(f" {place + 1}. ")
        self.t.find(r"(Zebrafinch ans)\b")
        self.t.enter("wer")
        self.interview(category, adverse=adverse, start=place + 1)

    # -- the appointee has the keyboard -----------------------------------------

    def begins(self):
        self.t.wait("Enter begins.")
        self.t.settled(0.05)  # it takes keys a moment after it shows, sooner than a hand can
        return self.turn()

    def turn(self, keys="\r"):
        """Types what leads on from this page of the appointee's; the page that follows."""
        before = page_of(self.t.text())
        return self.again(keys, lambda s: page_of(s) not in (None, before), "the next page")

    def again(self, keys, holds, what):
        """Types keys, and Enter until something follows.

        A page takes no key that came before it was drawn; anybody would press it again. It
        does no harm on the page after.
        """
        self.t.type(keys)
        for _ in range(15):
            with contextlib.suppress(Timeout):
                return self.t.until(holds, what, PATIENCE)
            self.t.press("enter")
        return self.t.until(holds, what, PATIENCE)

    def give_back(self):
        asks = "> Officer's passphrase"
        self.again("\r", lambda s: asks in s, asks)
        self.t.enter(self.passphrase)
        self.t.gone("Officer's passphrase")

    def right(self):
        """The number of the right answer, once a question and its answers show."""

        def number(screen):
            flat = bare(screen)
            asked = [
                question
                for module in self.pack.training.modules
                if f"{bare(module.title)}:question" in flat
                for question in module.bank
                if bare(question.text) in flat
            ]
            if not asked:
                return None
            question = max(asked, key=lambda question: len(question.text))
            shown = re.split(r">?(\d)\(\)", flat.split("Choosewiththearrows")[0])
            numbers = dict(zip(shown[2::2], shown[1::2], strict=True))
            found = numbers.get(bare(question.right))
            return (question.text, found) if found and question.text != self.asked else None

        self.asked, found = number(self.t.until(number, "a question and its answers"))
        return found

    def training(self):
        """One course for all, then the appointee reads and takes every quiz."""
        self.t.wait("modules done")
        self.t.press("f6")
        self.t.wait("> Day")
        self.t.type("\r\r\r")  # today, by this officer, here
        self.t.wait("quizzes are due")
        self.t.press("enter")
        screen = self.begins()
        while not is_over(screen):
            assert "Not passed" not in screen, screen
            screen = self.turn(
                f"{self.right()}\r" if page_of(screen)[0].startswith("question") else "\r"
            )
        self.give_back()
        self.t.wait("> Training is done. Enter goes on")

    def undertaking(self, name, *, signs=True, witnessed=False):
        if witnessed:
            self.second_officer()
        screen = self.begins()
        if not signs:
            self.t.press("f4")
            self.t.wait("> Your reason")
            self.t.enter("I do not accept the cooling-off")
            self.t.wait("It is recorded that you do not sign")
            self.give_back()
            return
        while "> Your full name" not in screen:
            screen = self.turn()
        self.t.enter(name)
        self.t.wait("> Your signing secret")
        self.t.enter("appointee's test secret")
        self.t.wait("> Once more")
        self.t.enter("appointee's test secret")
        self.t.wait("The undertaking is signed by both sides")
        self.give_back()

    def rules(self, category):
        rules = [r for r in self.pack.rules.rules if category in r.categories]
        self.next("Enter begins.")
        screen = self.begins()
        assert f"0/{len(rules)}" in screen
        while not is_over(screen):
            screen = self.turn()
        self.give_back()

    # -- beside the way -----------------------------------------------------------

    def note(self, text):
        self.t.press("f6")
        self.t.wait("> Note")
        self.t.enter(text)
        self.t.wait(f"Note of {self.officer}: {text}")

    def timeline(self, name, *told):
        """What happened, the latest first; back to the dossier."""
        self.t.press("f3")
        self.t.wait(f"Timeline: {name}")
        for text in told:
            self.t.until(lambda s, text=text: bare(text) in bare(s), text)
        self.t.press("esc")
        self.t.wait(f"Dossier: {name}")

    def overview(self, stage, many):
        """How many are at a stage, beside a bar."""
        self.t.press("f8")
        self.t.wait("Where they stand")
        self.t.find(f"({stage} +█+ {many}\\b)")
        self.to_list()

    def locks_after(self, seconds):
        """The idle time, in the settings."""
        self.t.press("f9")
        self.t.wait("> Lock when idle")
        self.t.press("enter")
        self.t.wait("> Seconds")
        self.t.press("ctrl+u")
        self.t.enter(f"{seconds}")
        self.t.wait("Set, and written to the settings file.")
        self.t.wait(f"{seconds} seconds")
        self.to_list()

    # -- the end ------------------------------------------------------------------

    def decide(self, decision, *, conditions="", second=False):
        screen = self.next("> Decision")
        self.t.enter(re.search(rf"(\d) \([• ]\) {decision}", screen).group(1))
        self.t.wait("> Reason")
        self.t.enter("For the reasons recorded")
        if decision == "Admit":
            self.t.wait("> Conditions")
            self.t.enter(conditions)
        if second:
            self.second_word()
