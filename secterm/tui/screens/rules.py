"""The rules, one a page, each acknowledged or refused by the appointee."""

from __future__ import annotations

from textual import work
from textual.containers import Vertical
from textual.widgets import Static

from secterm.dossier import gates
from secterm.dossier.entries import RuleRefused
from secterm.policy.model import Rule
from secterm.tui.screens.dialogs import bar
from secterm.tui.screens.form import Entry, Form
from secterm.tui.screens.handover import Handover
from secterm.tui.widgets.choices import Choice, Choices
from secterm.words import _


class RulesRoom(Handover):
    """Goes through the rules that are not acknowledged yet."""

    HELP_TEXT = _(
        "Read the rule. Enter on the first line acknowledges it; the second line refuses it, "
        "and you are asked why. Ask the officer about anything that is unclear. Esc calls the "
        "officer."
    )

    def __init__(self, id: str) -> None:
        super().__init__(_("Rules"), id)
        self._rule: Rule | None = None
        self._asking: Choices | None = None
        self._passed_over: set[str] = set()

    async def on_mount(self) -> None:
        """Begins where it stopped."""
        await self._next()

    async def _next(self) -> None:
        self._asking = None
        self.set_focus(None)
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
        self._rule = open_[0]
        done = sum(r.id in state.acknowledged for r in rules)
        choices = Choices(
            [
                Choice("yes", _("I have read this rule and will keep it")),
                Choice("no", _("I do not accept this rule")),
            ]
        )
        body = self.query_one("#body", Vertical)
        with self.app.batch_update():
            await body.remove_children()
            await body.mount(
                Static(bar(done, len(rules)), classes="soft", markup=False),
                Static("", markup=False),
                Static(self._rule.text, classes="asked", markup=False),
                Static("", markup=False),
                Static(_("Why: ") + self._rule.reason, classes="text", markup=False),
                choices,
            )
        self._asking = choices
        self.set_focus(choices)

    async def on_choices_chosen(self, event: Choices.Chosen) -> None:
        """The rule is acknowledged, or refused with what was said."""
        event.stop()
        rule = self._rule
        if rule is None or event.choices is not self._asking:
            return
        if event.key == "no":
            self._refuse(rule)
        elif self.tried(lambda: self.desk.acknowledge(self.dossier_id, rule)) is not None:
            await self._next()

    @work(exclusive=True, exit_on_error=False)
    async def _refuse(self, rule: Rule) -> None:
        values = await self.shell.push_screen_wait(
            Form(
                _("Rules"),
                [Entry("reason", _("Why you refuse"), "text")],
                intro=rule.text
                + "\n\n"
                + _("What you say is recorded. Esc goes back to the rule and records nothing."),
            )
        )
        if values is None:
            return
        refused = RuleRefused(rule=rule.id, reason=values["reason"])
        if self.tried(lambda: self.desk.act(self.dossier_id, refused)) is not None:
            self._passed_over.add(rule.id)
            await self._next()
