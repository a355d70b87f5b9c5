"""One flipped byte, anywhere in the vault: what is said, and that the place is named."""

import pytest

from secterm.vault import kdf
from tests.support.flips import ends, every_column, tried
from tests.support.house import build

LIVES = (("admitted", "general"), ("unsigned", "key"))


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kdf, "floors", (kdf.Cost(t=1, m=32, p=1),))
        return build(tmp_path_factory.mktemp("vault") / "vault.db", *LIVES)


def test_one_flipped_byte_in_any_column_is_told_with_its_place(built, tmp_path):
    assert tried(built, tmp_path, ends, (1,)) == every_column(built)


@pytest.mark.long
def test_one_flipped_byte_in_any_row_is_told_with_its_place(built, tmp_path):
    def some(cells):
        return cells if len(cells) < 12 else cells[:: len(cells) // 12]

    assert tried(built, tmp_path, some, (0, 1, 2)) == every_column(built)
