"""What the README names and shows is there: keys, pictures, pages, settings."""

import importlib
import pkgutil
import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from textual.binding import Binding

from secterm import tui
from secterm.policy.host import DEFAULTS
from secterm.settings import reading
from secterm.tui.widgets.chrome import key_name

ROOT = Path(__file__).parents[2]
PAGES = ("README.md", "INSTALL.md", "secterm/vault/FORMAT.md", "secterm/archive/FORMAT.md")
README = (ROOT / "README.md").read_text(encoding="utf-8")

# The lines of the second table of keys, and the modules of the rooms that they are about.
WHERE = {
    "first run": ("first_run",),
    "unlocking": ("keyed", "unlock", "machine"),
    "dossiers": ("people",),
    "dossier": ("dossier",),
    "timeline": ("timeline",),
    "interview": ("interview.keys", "listing"),
    "checks and findings": ("findings",),
    "training": ("training",),
    "reading before a quiz": ("quiz",),
    "undertaking": ("undersigning",),
    "verified": ("verifying",),
    "archives written": ("receipts",),
    "archive taken in": ("taken_in",),
    "export": ("exporting", "marks"),
    "recovery shares": ("sharing",),
    "officers": ("officers",),
    "an officer": ("officer",),
    "recipients' book": ("book",),
    "settings": ("settings",),
}


def declared():
    """By module, short, the key bindings of its classes."""
    found = {}
    for module in pkgutil.walk_packages(tui.__path__, f"{tui.__name__}."):
        own = [
            binding
            for each in vars(importlib.import_module(module.name)).values()
            if isinstance(each, type) and each.__module__ == module.name
            for binding in vars(each).get("BINDINGS", ())
            if isinstance(binding, Binding)
        ]
        if own:
            short = re.sub(r"^secterm\.tui\.((screens|widgets)\.)?", "", module.name)
            found[short] = own
    return found


BOUND = declared()


def names(bindings):
    """Their keys, as the README writes them."""
    keys = (key for binding in bindings for key in binding.key.split(","))
    return {key_name(key).replace("^", "Ctrl+") for key in keys}


def quoted(text):
    """The keys that a text names."""
    return set(re.findall(r"`([^`]+)`", text))


def table(heading):
    """The two columns of a table of the README, line by line."""
    lines = README.partition(heading)[2].partition("\n\n")[0].strip().splitlines()[1:]
    return {first.strip(): rest for first, rest in (line.strip("|").split("|") for line in lines)}


EVERYWHERE = {key for cell in table("| key | everywhere |") for key in quoted(cell)}
ROOMS = {where: quoted(cell) for where, cell in table("| where | keys |").items()}


def test_every_line_of_the_keys_is_about_rooms_that_there_are():
    assert set(ROOMS) == set(WHERE)
    assert {module for modules in WHERE.values() for module in modules} <= set(BOUND)


@pytest.mark.parametrize("module", BOUND)
def test_the_tables_of_keys_name_every_key_that_a_room_shows(module):
    told = [ROOMS[where] for where, modules in WHERE.items() if module in modules]
    assert names(b for b in BOUND[module] if b.show) <= EVERYWHERE.union(*told)


@pytest.mark.parametrize("where", ROOMS)
def test_every_key_in_the_tables_does_something_there(where):
    bound = names(b for module in WHERE[where] for b in BOUND[module])
    assert ROOMS[where] <= bound | EVERYWHERE


def test_every_finding_about_a_machine_is_in_the_table_with_its_level():
    rows = README.partition("| finding | level |")[2].partition("\n\n")[0].splitlines()[2:]
    told = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    assert {cells[0].strip("`"): cells[1] for cells in told} == dict(DEFAULTS)


def test_every_key_that_works_everywhere_is_one():
    assert names(b for bindings in BOUND.values() for b in bindings) >= EVERYWHERE


@pytest.mark.parametrize("page", PAGES)
def test_every_picture_and_page_that_is_shown_or_named_is_there(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?:)([^)#]+)", text)
    missing = [link for link in links if not ((ROOT / page).parent / unquote(link)).exists()]
    assert not missing


def test_every_picture_says_in_words_what_it_shows():
    pictures = re.findall(r"!\[([^\]]*)\]", README)
    assert pictures
    assert all(len(words.split()) > 5 for words in pictures)


def test_the_settings_that_are_shown_are_settings():
    text = README.partition("```toml\n")[2].partition("```")[0]
    settings = reading.parse(text, Path("vault.toml"))
    assert settings.views[0].order == "lapse"
