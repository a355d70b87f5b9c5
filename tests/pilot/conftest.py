"""Vaults that the tests of the screens copy, and the app on one of them."""

import contextlib

import pytest

from secterm.tui.app import SectermApp
from secterm.vault import kdf
from tests.support.house import Sitting, build, copied


@pytest.fixture(scope="session")
def vaults(tmp_path_factory):
    """Builds each vault that is asked for once; the same lives give the same file."""
    made = {}

    def vault(*lives):
        if lives not in made:
            path = tmp_path_factory.mktemp("vault") / "vault.db"
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(kdf, "floors", (kdf.Cost(t=1, m=32, p=1),))
                made[lives] = build(path, *lives)
        return made[lives]

    return vault


@pytest.fixture
def sitting(vaults, tmp_path):
    """`async with sitting(("decision", "core")) as officer`: unlocked, at the list."""

    @contextlib.asynccontextmanager
    async def sit(*lives, size=(80, 24), unlocked=True, vault=None):
        app = SectermApp(vault or copied(vaults(*lives), tmp_path))
        async with app.run_test(size=size) as pilot:
            officer = Sitting(pilot)
            if unlocked:
                await officer.unlock()
            yield officer
        if app.crash is not None:
            raise app.crash

    return sit
