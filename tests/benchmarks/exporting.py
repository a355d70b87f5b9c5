"""An export of everything, beside `tar | age` of the very same members as files.

Both write to the same disk and sync. The peer only packs and encrypts what lies ready as
files that were just read; an export makes it: it opens each entry's seal, makes and checks
two proofs of each and its officer's signature, makes each record, hashes each member, and
the file, and signs. So the packing alone, of members that are in memory, is compared as well.

Memory may grow with the manifest, which is one member and is set beside it, and up to what is
kept of the tree, and of signatures that are verified later.
"""

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import pyrage

from tests.benchmarks import exported
from tests.benchmarks.apart import apart
from tests.benchmarks.figures import compared, progress

PEER = "tar | age"
UNDER = 1.3


def work(size, stock):
    """Seconds of each part for dossiers of many entries and of few, and seconds and memory for
    dossiers of some entries: a tenth of them, and all.
    """
    if shutil.which("age") is None:
        progress("export: age is not installed, there is no peer")
        return []
    lines, memory = [], []
    for way, count, of in (
        (stock.lives, size.lives, 100),
        (stock.noted, size.exported, 5),
        (stock.noted, size.exported // 10, 25),
        (stock.noted, size.exported, 25),
    ):
        what = f"export of {count:,} dossiers of {of} entries"
        vault = way(count) if way == stock.lives else way(count, of)
        with tempfile.TemporaryDirectory(dir=stock.folder) as folder:
            progress(f"{what}: unpacking the files that tar takes")
            more, taken = _of(what, size.runs, vault, Path(folder))
        lines += more
        memory.append(taken)
    _, _, (few, _), (many, manifest) = memory
    return [
        *lines,
        _held(f"memory of {size.exported:,} to the sync", "its manifest", many, "held", manifest),
        _held("  the same", f"of {size.exported // 10:,}", many, "held", few),
        _held("  and recorded after", f"of {size.exported // 10:,}", many, "peak", few),
    ]


def _held(what, peer, runs, part, others):
    """A line of memory over what there was before, beside another run's or so many bytes."""
    theirs = [other[part] for other in others] if isinstance(others, list) else [others] * len(runs)
    pairs = [(run[part] / 2**20, other / 2**20) for run, other in zip(runs, theirs, strict=True)]
    return compared(what, "MiB", peer, pairs)


def _of(what, runs, vault, folder):
    """The lines of this vault; what each run took, and the bytes of the manifest."""
    key = pyrage.x25519.Identity.generate()
    identity, recipient = folder / "identity.txt", str(key.to_public())
    identity.write_text(f"{key}\n")
    out = folder / "out"
    out.mkdir()

    def exporting():
        spent = shutil.copy(vault, folder / "spent.db")
        return apart(exported.at_the_desk, spent, out, recipient)

    first = Path(exporting()["file"])
    names = _unpacked(first, identity, folder / "files")
    taken, packed, peer = [], [], []
    for run in range(runs):
        peer.append(_peer(folder / "files", names, recipient, folder / "peer.age"))
        taken.append(exporting())
        Path(taken[-1]["file"]).unlink()
        packed.append(apart(exported.at_hand, first, out, identity, recipient)["writing"])
        (out / "again.age").unlink()
        progress(f"{what}: run {run + 1} of {runs}")

    def beside(part, seconds, under=None):
        return compared(part, "s", PEER, list(zip(seconds, peer, strict=True)), under)

    return [
        beside(f"{what}, to the sync", [each["writing"] for each in taken], UNDER),
        beside("  of it, packing what is made: tar, age, SHA-256", packed, UNDER),
        beside("  and read back from the medium", [each["back"] for each in taken]),
        beside("  and chosen before, and recorded after", [each["all"] for each in taken]),
    ], (taken, (folder / "files" / "manifest.json").stat().st_size)


def _unpacked(archive, identity, folder):
    """Unpacks an archive; a file of its members' names in their order."""
    plain, names = folder.with_suffix(".tar"), folder.with_suffix(".names")
    folder.mkdir()
    subprocess.run(["age", "-d", "-i", identity, "-o", plain, archive], check=True)
    subprocess.run(["tar", "-x", "-f", plain, "-C", folder], check=True)
    names.write_bytes(subprocess.run(["tar", "-t", "-f", plain], stdout=-1, check=True).stdout)
    plain.unlink()
    os.sync()
    return names


def _peer(folder, names, recipient, file):
    """Seconds that tar and age take to the sync."""
    file.unlink(missing_ok=True)
    tar = ["tar", "-c", "--format=ustar", "--no-recursion", "-C", folder, "-T", names]
    began = time.perf_counter()
    with subprocess.Popen(tar, stdout=subprocess.PIPE) as packing:
        subprocess.run(["age", "-r", recipient, "-o", file], stdin=packing.stdout, check=True)
    subprocess.run(["sync", file], check=True)
    took = time.perf_counter() - began
    assert packing.returncode == 0
    return took
