"""The interview's screen: leads from question to question, and records."""

from __future__ import annotations

from typing import Final

from textual import events, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from secterm import messages
from secterm.dossier import gates
from secterm.dossier.entries import Act, Answer, Answered, Noted
from secterm.policy.model import Question
from secterm.tui.order import arrived, draws
from secterm.tui.screens.form import Entry, Form
from secterm.tui.screens.interview import sections, told
from secterm.tui.screens.interview.jump import Jump
from secterm.tui.screens.interview.keys import Keyed
from secterm.tui.screens.interview.marks import Marks
from secterm.tui.screens.interview.page import Page
from secterm.tui.screens.interview.progress import Progress
from secterm.tui.widgets.changing import Changing
from secterm.tui.widgets.listing import Listing
from secterm.words import _

CHOOSE: Final = _("Answer with the first letter or the number, or with the arrows and Enter.")
MARKS: Final = "marks"  # the place of the last page; a question's is "question ID"


class Interview(Keyed):
    """Gives True once every question is answered. It begins at the question `at`, or at the
    first without an answer.
    """

    HELP_TEXT = _(
        "A letter or digit answers at once; with the arrows, Enter answers. Text is recorded "
        "with Enter. An adverse answer asks its follow-up first. An answer given again stands "
        "beside the earlier one. Where a letter belongs to the answer, PgUp goes back, F4 takes "
        "a note, F5 marks a question to come back to, and F7 jumps. Esc leaves, and the "
        "interview goes on at the same place the next time."
    )
    RULE = _(
        "An answer counts from the moment it is given. One that weighs is never recorded "
        "without what it asks further."
    )

    def __init__(self, id: str, at: str = "") -> None:
        super().__init__(_("Interview"))
        self.dossier_id = id
        self._begins = at
        self._at = 0  # the place of the question on the page
        self._back = False  # whether only what is marked is gone through
        self._warned = False
        self._wrong = ""  # what was said to be wrong with the answer
        self._progress: Progress | None = None

    def body(self) -> ComposeResult:
        """The page; what is on it changes. Beside it the map, where there is room."""
        desk = self.desk
        with Horizontal():
            with Vertical():
                yield Changing(id="line")
                yield Changing(id="intro", classes="soft text")
                yield Page(self._at_once, desk.today, self.shell.settings.dates)
                yield Marks()
            yield sections.SectionMap()

    async def on_mount(self) -> None:
        """Begins where it stopped: at the first question without an answer."""
        self._fit(self.app.size.width)
        self._read()
        self.rename(
            _("Interview: {name}").format(name=self.progress.dossier.state.particulars.name)
        )
        at = self.progress.place(self._begins) if self._begins else None
        if at is None:
            at = self.progress.first_open()
        if at is not None:
            await self._show(at)
        elif self.progress.marked:
            self._lead()
        else:
            await self._show(0)

    def on_resize(self, event: events.Resize) -> None:
        """The map goes where there is no room for it."""
        self._fit(event.size.width)
        if self._progress is not None:
            self._tell()

    def _fit(self, width: int) -> None:
        wide = width >= sections.ROOM
        self.set_class(wide, "wide")
        self.query_one(sections.SectionMap).display = wide

    @property
    def progress(self) -> Progress:
        """How far the interview is, as it was read last."""
        if self._progress is None:
            raise RuntimeError("nothing was read yet")
        return self._progress

    @property
    def page(self) -> Page:
        """The question's page."""
        return self.query_one(Page)

    @property
    def question(self) -> Question:
        """The question on the page."""
        return self.progress.asked[self._at][1]

    def _read(self) -> None:
        dossier = self.desk.dossier(self.dossier_id)
        self._progress = Progress(dossier, self.desk.marked(self.dossier_id))

    def refill(self) -> None:
        """Something was recorded: what is told of the question is read again."""
        if self._progress is not None:
            self._read()
            self._tell()

    # -- the page ---------------------------------------------------------------

    async def _show(self, at: int) -> None:
        """Another question, in one paint; keys reach it once it was seen."""
        question = self.progress.asked[at][1]
        stands = self.progress.dossier.state.answers.get(question.id)
        page = self.page
        with self.app.batch_update():
            self._at, self.asking, self._warned = at, True, False
            await page.ask(at + 1, question, stands.act if stands else None)
            page.display = True
            self.query_one(Marks).display = False
            self._tell()
            self.say("")
            self.set_focus(page.first)
            await arrived(*filter(_is_at_it, self.query("*")))  # all is drawn together
        draws(self)
        self.shell.moved_on()
        self._heard_again()

    def _lead(self) -> None:
        """The last page: every question is answered, and some are marked."""
        with self.app.batch_update():
            self.asking, self._back, self._warned = False, True, False
            self.page.display = False
            self.query_one(Marks).display = True
            self._tell()
            self.say("")
            self.set_focus(self.query_one(Marks).rows)
        self._heard_again()

    def _heard_again(self) -> None:
        self.call_after_refresh(self.shell.hear, self)

    def _tell(self) -> None:
        """How far it is, and what is recorded of the question."""
        progress = self.progress
        line = self.query_one("#line", Changing)
        intro = self.query_one("#intro", Changing)
        left = sections.section_line(progress, self._at) if self.asking else _("All sections")
        if not self.has_class("wide"):
            left = sections.one_line(progress, left, max(self.app.size.width - 4, 20))
        line.show(left)
        intro.show(progress.asked[self._at][0].intro if self.asking else "")
        self.query_one(sections.SectionMap).show(progress, self._at if self.asking else None)
        if self.asking:
            marked = progress.is_marked(self._at)
            name = self.desk.officer_name
            self.page.tell(told.lines(progress.dossier, self.question, marked, name))
        else:
            self.query_one(Marks).show(progress)
        self.refresh_bindings()

    # -- answers ------------------------------------------------------------------

    def _at_once(self, key: str) -> None:
        """The answer whose letter or digit was pressed; one held down says it only once."""
        choices = self.page.choices
        if choices is None or self.shell.held or self.focused is not choices:
            return
        choices.put(key)
        self._begin(False)

    def action_go_on(self) -> None:
        """Takes what is entered."""
        if self.shell.held or self.focused is None:
            return
        if not self.asking:
            self._from_marks()
            return
        listing = self.page.listing
        if listing is not None and listing.has_focus_within:
            said = listing.go_on()
            if said is not None:  # on to the next field of the row
                self.say(said)
                return
        self._begin(self.focused is self.page.further_first)

    def _begin(self, further: bool) -> None:
        """The answer shows its mark at once, however long the disk takes to keep it."""
        self.shell.hush(self)
        self.call_after_refresh(self._take, further)

    async def _take(self, further: bool) -> None:
        page, question = self.page, self.question
        answer = page.entered()
        if answer is None:
            self._refuse(CHOOSE)
            return
        wrong = page.wrong(answer)
        if wrong:
            self._refuse(wrong)
            return
        adverse = gates.is_adverse(question, answer)
        if adverse and not further:
            page.open_further()
            self._refuse("", page.further_first)
            return
        follow_up = page.further or "" if adverse else ""
        act = Answered(question=question.id, answer=answer, follow_up=follow_up)
        same = self._stands(answer, follow_up)
        if not same and not self._recorded(act, page.further_first if adverse else None):
            return
        await self._go_on(same)

    def _stands(self, answer: Answer, follow_up: str) -> bool:
        stands = self.progress.dossier.state.answers.get(self.question.id)
        return (
            stands is not None
            and type(stands.act.answer) is type(answer)
            and (stands.act.answer, stands.act.follow_up) == (answer, follow_up)
        )

    def _recorded(self, act: Act, focus: Widget | None) -> bool:
        try:
            dossier = self.desk.act(self.dossier_id, act)
        except Exception as error:
            self._refuse(messages.explain(error).text(), focus)
            return False
        self._progress = Progress(dossier, self.desk.marked(self.dossier_id))
        return True

    def on_input_changed(self) -> None:
        """What was wrong with an answer is said until it is right."""
        self._right_now()

    def on_text_area_changed(self) -> None:
        """What was wrong with an answer is said until it is right."""
        self._right_now()

    def _right_now(self) -> None:
        if self._warned:  # what is typed since was not warned of
            self._warned = False
            self.say("")
        if not self.said or self.said != self._wrong or self.page.listing is not None:
            return  # of a row that is begun, Enter judges
        answer = self.page.entered()
        if answer is not None and not self.page.wrong(answer):
            self.say("")

    def _refuse(self, why: str, focus: Widget | None = None) -> None:
        self.set_focus(focus or self.page.first)
        self._wrong = why
        self.say(why)
        self._heard_again()

    async def _go_on(self, looked: bool) -> None:
        """On to the next open question; who only looked, to the one after."""
        progress, after = self.progress, self._at + 1
        open = progress.first_open(self._at)
        if open is not None:
            await self._show(after if looked and after < len(progress) else open)
        elif progress.marked and (self._back or not looked or after == len(progress)):
            following = [at for at in progress.marked if at > self._at] if self._back else []
            if following:
                await self._show(following[0])
            else:
                self._lead()
        elif looked and after < len(progress) and not self._back:
            await self._show(after)
        else:
            self.asking = False
            self.dismiss(True)

    # -- going elsewhere ------------------------------------------------------------

    def _leaves(self) -> bool:
        """Whether nothing on the page would be lost; else says so, once."""
        if not self.asking or self._warned or not self.page.changed:
            return True
        self._warned = True
        self.say(_("This answer is not recorded yet: Enter records it. Leaving again loses it."))
        return False

    def _turn(self, at: int) -> None:
        if (at != self._at or not self.asking) and self._leaves():
            self.shell.hush(self)
            self.call_later(self._show, at)

    def action_before(self) -> None:
        """Looks at the question before."""
        self._turn(max(self._at - 1, 0) if self.asking else self._at)

    def action_after(self) -> None:
        """Looks at the question after."""
        self._turn(min(self._at + 1, len(self.progress) - 1))

    def action_edge(self, at: int) -> None:
        """Looks at the first question, or the last."""
        self._turn(at % len(self.progress))

    def action_jump(self) -> None:
        """Looks for a question."""
        if not self._leaves():
            return

        def go(id: str | None) -> None:
            at = self.progress.place(id) if id else None
            if at is not None:
                self._turn(at)

        self.app.push_screen(Jump(self.progress, self._at), go)

    def action_back(self) -> None:
        """Leaves; what was answered is recorded."""
        if self._leaves():
            self.dismiss(False)

    # -- notes and marks ------------------------------------------------------------

    @work(exit_on_error=False)
    async def action_note(self) -> None:
        """A note on the question, beside its answer."""
        question = self.question
        self.doing = _words("note", question.id)
        name = self.desk.officer_name
        notes = self.progress.dossier.state.notes.get(question.id, ())
        values = await self.shell.push_screen_wait(
            Form(
                _("Note"),
                [Entry("text", _("Note"), "text")],
                intro="\n".join([question.text, *(f"- {told.note(n, name)}" for n in notes)]),
                help=_("A note is recorded with your name and cannot be taken back."),
                records=True,
            )
        )
        self.doing = ""
        if values is not None:
            self.tried(
                lambda: self.desk.act(
                    self.dossier_id, Noted(text=values["text"], question=question.id)
                )
            )
            self.refill()

    def action_mark(self) -> None:
        """Marks the question to come back to, or takes its mark away."""
        if self.shell.held:
            return
        id = self.question.id if self.asking else self.query_one(Marks).rows.key
        if id:
            on = id not in self.desk.marked(self.dossier_id)
            self.tried(lambda: self.desk.mark(self.dossier_id, id, on))
            self.refill()

    def _from_marks(self) -> None:
        at = self.progress.place(self.query_one(Marks).rows.key)
        if at is not None:
            self._turn(at)
        else:
            self.dismiss(True)

    # -- over a lock ----------------------------------------------------------------

    def on_listing_changed(self, event: Listing.Changed) -> None:
        """A row of a list is kept at once, though the list is recorded as a whole."""
        self._warned = False
        self.shell.keep_typed()

    def place(self) -> str:
        """The question on the page."""
        return _words("at", self.question.id) if self.asking else MARKS

    def typed(self) -> dict[str, str]:
        """What is typed on the page and not recorded."""
        return self.page.typed() if self.asking else {}

    def take_up(self, word: str, typed: dict[str, str]) -> None:
        """The same question, what was typed, and the note that was begun."""
        self.shell.hush(self)
        self.call_later(self._take_up, word, typed)

    async def _take_up(self, word: str, typed: dict[str, str]) -> None:
        kind, id = _meant(word)
        at = self.progress.place(id)
        if word == MARKS and self.progress.first_open() is None:
            self._lead()
        elif at is not None and (at != self._at or not self.asking):
            await self._show(at)
        if at is not None and typed:
            self.page.put(typed)
            if self.page.further is not None:
                self.set_focus(self.page.further_first)
        self._heard_again()
        if kind == "note" and at is not None:
            self.action_note()


def _is_at_it(part: Widget) -> bool:
    """Whether a part of the screen has something to take in or to have drawn."""
    return bool(part.message_queue_size or part._repaint_required or part._layout_required)


def _words(kind: str, id: str) -> str:
    """A place on this screen, or what is done about a question, in one word."""
    return f"{kind} {id}"


def _meant(word: str) -> tuple[str, str]:
    kind, _space, id = word.partition(" ")
    return kind, id
