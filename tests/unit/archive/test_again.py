"""An archive that was walked is read once more for what is in it, and only as it was walked."""

import pytest

from secterm.archive.again import again
from secterm.archive.errors import ArchiveUnreadable
from secterm.archive.read import read
from secterm.archive.walk import Walk
from tests.support import archives
from tests.support.archives import identity_file


@pytest.fixture
def taken(house, tmp_path):
    """The folders that are handed on of these members, where the house's own were walked."""
    walk, known = Walk(None), {"identity": identity_file(tmp_path), "passphrase": ""}
    read(house.opened.packed(tmp_path), walk.take, **known)
    walk.finish()
    assert walk.faults == []

    def folders(opened, found):
        again(opened.packed(tmp_path), walk, found.__setitem__, **known)
        return found

    return folders


def test_every_folder_is_handed_on_with_its_members_and_without_its_list(house, taken):
    handed = {n: d for files in taken(house.opened, {}).values() for n, d in files.items()}
    own = {n: d for n, d in house.opened.members if "/" in n and not n.endswith("/SHA256SUMS")}
    assert handed == own


def changes(opened):
    """The members changed in between, each so that one dossier is another or gone."""
    folder = opened.folder("admitted")
    name, list_ = f"{folder}/dossier.json", f"{folder}/SHA256SUMS"
    turned = opened.without(name).adding(name, opened[name], f"{folder}/undertaking.txt")
    yield opened.changed(name, lambda data: data + b"\n")
    yield opened.changed(name, lambda data: data + b"\n").listed()
    yield opened.changed(list_, lambda data: data + b"\n")
    yield opened.without(name)
    yield opened.without(name).listed()
    yield opened.without(list_)
    yield opened.adding(f"{folder}/notes.txt", b"", name)
    yield opened.adding(f"{folder}/notes.txt", b"", name).listed()
    yield turned
    yield turned.listed()
    whole = tuple(m for m in opened.members if m[0].startswith(f"{folder}/"))
    yield archives.Opened((*opened.members, *whole))


def test_what_is_otherwise_by_then_is_not_handed_on(house, taken):
    folder = house.opened.folder("admitted")
    true = taken(house.opened, {})[folder]
    for changed in changes(house.opened):
        found = {}
        with pytest.raises(ArchiveUnreadable, match="was changed while it was read"):
            taken(changed, found)
        assert found.get(folder, true) == true


def test_a_folder_that_is_gone_by_then_is_missed(house, taken):
    names = house.opened.names(f"{house.opened.folder('admitted')}/")
    with pytest.raises(ArchiveUnreadable, match="was changed while it was read"):
        taken(house.opened.without(*names), {})
