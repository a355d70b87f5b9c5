"""A machine as recorded: small folders of what its kernel would tell."""

from pathlib import Path

from secterm.host.machine import Installed, Machine

STATUS = "Name:\tpython\nTracerPid:\t{tracer}\nUid:\t{user}\t{user}\t{user}\t{user}\n"
ETHERNET = {"type": "1", "flags": "0x1003", "operstate": "up", "carrier": "1"}


def recorded(root: Path, files=(), **more) -> Machine:
    """A machine of these files below this folder; where a text is a path, it is a link there."""
    for name, text in dict(files).items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(text, Path):
            (root / text).mkdir(parents=True, exist_ok=True)
            file.symlink_to(root / text)
        else:
            file.write_text(f"{text}\n")
    more.setdefault("installed", Installed(folder=root, path=(), lock=None))
    more.setdefault("hardened", lambda: ())
    more.setdefault("room", lambda folder: (10**10, 10**11))
    return Machine(root, **more)


def at(folder: str, files: dict[str, str]) -> dict[str, str]:
    """These files in this folder."""
    return {f"{folder}/{name}": text for name, text in files.items()}


def process(*, tracer=0, user=1000) -> dict[str, str]:
    """What the kernel tells of this program."""
    return {"proc/self/status": STATUS.format(tracer=tracer, user=user)}


def network(name="eth0", **told) -> dict[str, str]:
    """An interface that is up, unless told otherwise."""
    return at(f"sys/class/net/{name}", {**ETHERNET, **told})


def traced() -> dict[str, str]:
    """A debugger at this program."""
    return {**process(tracer=4711), "proc/4711/comm": "gdb"}


def usb(name="sdb", *, size=15_631_360, diskseq=9, model="Cruzer Blade") -> dict[str, object]:
    """A stick that is plugged in."""
    at_bus = f"sys/devices/pci0000:00/usb1/1-2/host6/block/{name}"
    told = {"size": size, "diskseq": diskseq, "device/vendor": "SanDisk", "device/model": model}
    return {f"sys/block/{name}": Path(at_bus), **at(at_bus, told)}
