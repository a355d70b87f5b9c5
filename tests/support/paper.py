"""A dossier without a vault: what may be recorded is recorded, and adds up."""

import hashlib
from datetime import date, datetime, timedelta

from secterm.dossier import entries as acts
from secterm.dossier import fold, gates
from secterm.dossier.entries import Entry, Numbered, PackRef, Particulars, PartySignature
from secterm.dossier.permit import permit, rule_sha256
from secterm.policy import reader

ONE = "01" * 16
TWO = "02" * 16
START = date(2026, 3, 2)
PACK = reader.read(reader.default_folder())
REF = PackRef(id=PACK.head.id, version=PACK.head.version, digest=PACK.digest)


def someone(category="general", **changes):
    told = {
        "name": "Xenia Q. Sample",
        "born": "1990-04-28",
        "identity_number": "TEST-1",
        "post": "Archive clerk",
        "department": "Registry",
        "category": category,
    }
    return Particulars(**{**told, **changes})


def ordinary(question):
    """An answer that is not adverse."""
    match question.kind:
        case "yes_no":
            return question.adverse == "no"
        case "choice":
            return next(c.id for c in question.choices if not c.adverse)
        case "date":
            return "2020-01-02"
        case "number":
            low = question.adverse_below if question.adverse_below is not None else 0.0
            high = question.adverse_above if question.adverse_above is not None else low + 10
            return float(int((low + high) / 2))
        case "list":
            value = {"date": "2020-01-02", "number": "3", "yes_no": "no", "text": "Sample"}
            row = {f.id: value[f.kind] for f in question.fields}
            return [] if question.adverse == "any" else [row]
        case _:
            return "An invented answer."


class Paper:
    """One dossier in memory, its pack and its day."""

    def __init__(self, category="general", pack=PACK):
        self.pack = pack
        self.today = START
        self.entries = []
        self.state = None
        self.record(acts.Opened(particulars=someone(category), pack=REF))

    def record(self, act, officer=ONE):
        """What the desk does with an act: permit, number, fold."""
        permit(self.state, act, self.pack, self.today, officer)
        at = datetime.combine(self.today, datetime.min.time()).astimezone().isoformat()
        one = Numbered(number=len(self.entries), entry=Entry(at=at, officer=officer, act=act))
        self.state = fold.apply(self.state, one)
        self.entries.append(one)
        return self

    def later(self, days):
        self.today += timedelta(days=days)
        return self

    @property
    def now(self):
        return gates.standing(self.state, self.pack, self.today)

    @property
    def questions(self):
        return [
            q
            for s in gates.sections_of(self.pack, self.state)
            for q in gates.questions_of(s, self.state)
        ]

    def status(self, gate):
        return self.now.gate(gate).status

    # -- whole gates --------------------------------------------------------

    def answer(self):
        for question in self.questions:
            self.record(acts.Answered(question=question.id, answer=ordinary(question)))
            if question.check:
                self.record(acts.Checked(question=question.id, reference="Seen", holds=True))
        return self

    def find(self, overall="suitable"):
        for section in gates.sections_of(self.pack, self.state):
            self.record(acts.Found(section=section.id, finding="suitable"))
        self.record(finding("", overall))
        if gates.terms_of(self.state, self.pack).review:
            self.record(acts.Reviewed(agrees=True), TWO)
        return self

    def teach(self, module):
        hours = module.hours[self.state.particulars.category]
        return self.record(
            acts.Trained(
                module=module.id,
                hours=hours,
                on=self.today.isoformat(),
                trainer="T. R. Ainer",
                place="Room",
            )
        )

    def quiz_answers(self, module, right=True):
        """All answers of an attempt: those given already, then these."""
        begun = self.state.quizzing.get(module.id, ())
        asked = {answer.question for answer in begun}
        fresh = [
            acts.QuizAnswer(
                question=q.text, given=q.right if right else q.wrong[0], right=bool(right)
            )
            for q in module.bank
            if q.text not in asked
        ]
        return (*begun, *fresh[: module.quiz.draw - len(begun)])

    def quiz_step(self, module, right=True):
        """One answer of an attempt."""
        at = len(self.state.quizzing.get(module.id, ()))
        answer = self.quiz_answers(module, right)[min(at, module.quiz.draw - 1)]
        return self.record(acts.QuizAnswered(module=module.id, answer=answer))

    def quiz(self, module, right=True):
        answers = self.quiz_answers(module, right)
        passed = sum(a.right for a in answers) >= module.quiz.passing
        return self.record(acts.Quizzed(module=module.id, answers=answers, passed=passed))

    def train(self):
        for module in gates.modules_of(self.pack, self.state):
            owed = gates.module_owes(module, self.state, self.today)
            if owed and owed.kind == "teaching":
                self.teach(module)
            owed = gates.module_owes(module, self.state, self.today)
            if owed and owed.kind == "quiz":
                self.quiz(module)
        return self

    def signed(self, **changes):
        text = f"I, {self.state.particulars.name}, undertake it."
        sides = [PartySignature(role="appointee", name=self.name, public_key="", signature="")]
        sides.append(
            PartySignature(role="officer", name="One", officer=ONE, public_key="", signature="")
        )
        if gates.terms_of(self.state, self.pack).witness:
            sides.append(
                PartySignature(role="witness", name="Two", officer=TWO, public_key="", signature="")
            )
        made = {
            "text": text,
            "text_sha256": hashlib.sha256(text.encode()).hexdigest(),
            "pack": self.state.pack,
            "on": self.today.isoformat(),
            "statement": "",
            "signatures": tuple(sides),
            "appointee_key": acts.SigningKey(kdf="", sealed=""),
        }
        return acts.Signed(**{**made, **changes})

    @property
    def name(self):
        return self.state.particulars.name

    def sign(self):
        return self.record(self.signed())

    def acknowledged(self, rule):
        return acts.Acknowledged(rule=rule.id, text_sha256=rule_sha256(rule), pack=self.state.pack)

    def acknowledge(self):
        for rule in gates.rules_of(self.pack, self.state):
            if rule.id not in self.state.acknowledged:
                self.record(self.acknowledged(rule))
        return self

    def all_gates(self):
        return self.answer().find().train().sign().acknowledge()

    def decide(self, decision="admit", **more):
        self.record(acts.Decided(decision=decision, reason="As found.", **more))
        if self.now.stage == "second":
            number = self.state.decision.number
            self.record(acts.Seconded(decided=number, agrees=True), TWO)
        return self


def finding(section, found):
    return acts.Found(
        section=section,
        finding=found,
        reason="" if found == "suitable" else "One answer.",
        conditions="Ask again in May." if found == "conditions" else "",
    )
