"""A second reader and verifier of a vault, written from secterm/vault/FORMAT.md alone, and of
its archives, written from secterm/archive/FORMAT.md.

It imports nothing of secterm, so that what the page says and what the program does can be
compared. It reads a copy of a file that nobody writes to, and never writes itself. Section
numbers in these modules are those of the vault's page, where they do not name the other.
"""
