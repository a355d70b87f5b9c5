"""Cosignature files that strangers hand over: read whole or refused, in words of their own."""

import pytest
from hypothesis import example, given

from secterm.archive.cosignature import Cosigned
from secterm.archive.errors import CosignatureInvalid
from secterm.vault import kdf
from secterm.vault.vault import Vault
from tests.fuzz.test_notes import anything_like
from tests.support import archives
from tests.support.hostile import clear
from tests.support.house import OFFICER
from tests.support.witnessing import cosigned


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    folder = tmp_path_factory.mktemp("vault")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kdf, "floors", (kdf.Cost(t=1, m=32, p=1),))
        vault = Vault.open(archives.build(folder), *OFFICER)
    try:
        return cosigned(vault, folder, at=1_800_000_000).read_bytes()
    finally:
        vault.close()


def test_a_cosignature_is_read_whole_or_refused(tries, good):
    @given(anything_like(good))
    @example(good)
    @example(good + b"\n")
    @example(good.replace(b"\n\n", b"\n\n\n", 1))
    @example(good[: good.index(b"\n\n") + 2])
    @example(b"secterm-cosignature-1\n" * 2000)
    @example(b"secterm-cosignature-1\n+\n+\n\n\n\n")
    def holds(data):
        try:
            found = Cosigned.parse(data)
        except CosignatureInvalid as refused:
            clear(refused)
            return
        assert found.format() == data

    tries(holds, few=90, many=1000)
