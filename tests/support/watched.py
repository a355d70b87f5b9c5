"""Told by Python what a process opens, connects to and starts: `site_of` is put in front
of a process's path, and `told` reads what it wrote there.
"""

from pathlib import Path

HOOK = """
import os, sys
to = os.open({log!r}, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
REACHES = ("socket.connect", "socket.bind", "socket.sendto", "socket.getaddrinfo",
           "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork")
def hook(event, arguments):
    if event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITES:
        os.write(to, f"open {{arguments[0]}}\\n".encode())
    elif event in REACHES:
        os.write(to, f"{{event}} {{arguments!r}}\\n".encode())
sys.addaudithook(hook)
"""


def site_of(folder: Path) -> Path:
    """A folder whose `sitecustomize` watches the process that has it on its path."""
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(HOOK.format(log=str(folder / "told.txt")))
    return folder


def told(folder: Path) -> list[str]:
    """What the process opened for writing, reached over a network, or started."""
    return (folder / "told.txt").read_text().splitlines()
