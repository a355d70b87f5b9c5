"""The rules, one a page, each acknowledged or refused by the appointee."""

from __future__ import annotations

from textual.binding import Binding
from textual.widgets import Static

from secterm.dossier import gates
from secterm.dossier.entries import RuleRefused
from secterm.policy.model import Rule
from secterm.tui.screens.dialogs import bar
from secterm.tui.screens.form import Entry
from secterm.tui.screens.handover import Handover
from secterm.tui.widgets.choices import Choice, Choices
from secterm.tui.widgets.reading import Reading
from secterm.words import _


class RulesRoom(Handover):
    """Goes through the rules that are not acknowledged yet."""

    PURPOSE = _("You read the rules of the post one by one, and say of each that you will keep it.")
    HELP_TEXT = _(
        "Read the rule. Enter on the first line acknowledges it; the second line refuses it, "
        "and you are asked why. A rule that is longer than the screen is read to its end first, "
        "with Enter. Ask the officer about anything that is unclear. Esc calls the officer."
    )
    RULE = _("Each rule is acknowledged by itself, by the person whom it binds.")

    BINDINGS = [
        Binding("pageup", "page(-1)", _("Page up"), show=False),
        Binding("pagedown", "page(1)", _("Page down"), show=False),
    ]

    def __init__(self, id: str) -> None:
        super().__init__(_("Rules"), id)
        self._rule: Rule | None = None
        self._asking: Choices | None = None
        self._passed_over: set[str] = set()

    async def begin(self) -> None:
        """Begins where it stopped."""
        doing, rule, read, *passed = [*self.resumed.split(), "", "", ""]
        self._passed_over = set(passed) - {""}
        await self._next(read.replace("/", " ") if rule else "")
        if doing == "refuse" and self._rule is not None and self._rule.id == rule:
            self._refuse(self._rule)

    def place(self) -> str:
        """The rule, where in it, and the rules that were refused before it."""
        if self._rule is None or self.reading is None:
            return "" if self.begun else self.resumed
        read = self.reading.place().replace(" ", "/") or "0/0"
        return " ".join(["read", self._rule.id, read, *sorted(self._passed_over)])

    async def _next(self, place: str = "") -> None:
        self._asking = None
        dossier = self.desk.dossier(self.dossier_id)
        rules = gates.rules_of(dossier.pack, dossier.state)
        state = dossier.state
        open_ = [
            r for r in rules if r.id not in state.acknowledged and r.id not in self._passed_over
        ]
        if not open_:
            refused = sum(r.id in state.rules_refused for r in rules)
            text = _("All {n} rules were put to you.").format(n=len(rules))
            if refused:
                text += " " + _("{n} refused; the officer decides what follows.").format(n=refused)
            await self.finish(text)
            return
        rule = self._rule = open_[0]
        done = len(rules) - len(open_)
        text = f"{rule.text}\n\n{_('Why: ')}{rule.reason}"
        reading = Reading(text, strong=len(rule.text), place=place)
        reading.add_class("short")
        choices = Choices(
            [
                Choice("yes", _("I have read this rule and will keep it")),
                Choice("no", _("I do not accept this rule")),
            ]
        )
        await self.page(
            Static(bar(done, len(rules)), classes="soft", markup=False),
            Static("", markup=False),
            reading,
            Static("", markup=False),
            choices,
            focus=choices,
            hint=_("Choose with the arrows or a number. Enter gives the answer."),
        )
        self._asking = choices

    def action_page(self, by: int) -> None:
        """Moves the text of the rule, where it is longer than the screen."""
        if self.reading is not None:
            self.reading.scroll_relative(y=by * max(self.reading.size.height - 1, 1), animate=False)

    async def on_choices_chosen(self, event: Choices.Chosen) -> None:
        """The rule is acknowledged, or refused with what was said."""
        event.stop()
        rule = self._rule
        if rule is None or event.choices is not self._asking or not self.meant():
            return
        if self.reading is None or self.reading.turn():
            return  # there is more of it to read
        if event.key == "no":
            self._refuse(rule)
        elif self.tried(lambda: self.desk.acknowledge(self.dossier_id, rule)) is not None:
            await self._next()

    def _refuse(self, rule: Rule) -> None:
        self.alone(lambda: self._refused(rule))

    async def _refused(self, rule: Rule) -> None:
        self.doing = self.place().replace("read", "refuse", 1)
        values = await self.shell.push_screen_wait(
            self.ask(
                _("Refusal"),
                [Entry("reason", _("Your reason"), "text")],
                intro=rule.text
                + "\n\n"
                + _(
                    "You may refuse the rule. What you say here is recorded. Esc goes back to the "
                    "rule and records nothing."
                ),
                records=True,
            )
        )
        if values is None:
            return
        refused = RuleRefused(rule=rule.id, reason=values["reason"])
        if self.tried(lambda: self.desk.act(self.dossier_id, refused)) is not None:
            self._passed_over.add(rule.id)
            await self._next()
