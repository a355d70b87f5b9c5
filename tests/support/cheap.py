"""The program's own entry point, with a key derivation that costs nothing.

Only tests start it; the program itself has no way to lower the floor.
"""

from secterm.vault import kdf

kdf.floors = (kdf.Cost(t=1, m=32, p=1),)
kdf.TARGET_SECONDS = 0.0

if __name__ == "__main__":
    from secterm.cli import main

    main()
