"""One vault with a past, built once, and copies of it for each test."""

import pytest

from secterm.vault import kdf
from tests.conftest import CHEAP
from tests.tamper.vault import build


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kdf, "floors", (CHEAP,))
        return build(tmp_path_factory.mktemp("tamper"))


@pytest.fixture
def past(built, tmp_path):
    return built.copies(tmp_path)
