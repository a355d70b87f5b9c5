"""An export of everything, beside `tar | age` of the very same members as files.

Both write to the same disk and sync. The peer only packs and encrypts what lies ready as
files that were just read; an export makes it: it opens each entry's seal, makes and checks
two proofs of each and its officer's signature, makes each record, hashes each member, and
the file, and signs. So the packing alone, of members that are in memory, is compared as well.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyrage

from tests.benchmarks import exported
from tests.benchmarks.figures import compared, progress
from tests.benchmarks.paint import ROOT

PEER = "tar | age"
UNDER = 1.3
BOUND = 1.5  # so much more memory is a matter of chance, and not of ten times the dossiers


def work(size):
    """Seconds of each part, and memory, for a tenth of the dossiers and for all."""
    if shutil.which("age") is None:
        progress("export: age is not installed, there is no peer")
        return []
    lines, memory = [], []
    for count in (size.exported // 10, size.exported):
        with tempfile.TemporaryDirectory() as folder:
            more, taken = _of(count, size.runs, Path(folder))
        lines += more
        memory.append(taken)
    few, many = memory
    what = f"  memory of {size.exported:,} dossiers, over what there was before"
    runs = [(a / 2**20, b / 2**20) for a, b in zip(many, few, strict=True)]
    return [*lines, compared(what, "MiB", f"of {size.exported // 10:,}", runs, under=BOUND)]


def _of(count, runs, folder):
    """The lines of so many dossiers, and the bytes of memory that each run took."""
    what = f"export of {count:,} dossiers"
    progress(f"{what}: making a vault, and the files that tar takes")
    key = pyrage.x25519.Identity.generate()
    identity, recipient = folder / "identity.txt", str(key.to_public())
    identity.write_text(f"{key}\n")
    vault, out = folder / "vault.db", folder / "out"
    exported.build(vault, count)
    out.mkdir()
    first = Path(_child("desk", _copy(vault), out, recipient)["file"])
    names = _unpacked(first, identity, folder / "files")
    written, back, whole, packed, memory = [], [], [], [], []
    for run in range(runs):
        peer = _peer(folder / "files", names, recipient, folder / "peer.age")
        own = _child("desk", _copy(vault), out, recipient)
        Path(own["file"]).unlink()
        hand = _child("hand", first, out, identity, recipient)["writing"]
        (out / "again.age").unlink()
        written.append((own["writing"], peer))
        packed.append((hand, peer))
        back.append((own["back"], peer))
        whole.append((own["all"], peer))
        memory.append(own["memory"])
        progress(f"{what}: run {run + 1} of {runs}")
    return [
        compared(f"{what}, to the sync", "s", PEER, written, under=UNDER),
        compared("  of it, packing what is made: tar, age, SHA-256", "s", PEER, packed, UNDER),
        compared("  and read back from the medium", "s", PEER, back),
        compared("  and chosen before, and recorded after", "s", PEER, whole),
    ], memory


def _copy(vault):
    return shutil.copy(vault, vault.with_name("spent.db"))


def _child(way, *given):
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.exported", way, *map(str, given)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
    )
    return json.loads(done.stdout)


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
