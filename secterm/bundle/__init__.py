"""Carrying it in: one folder with all that an isolated machine needs, and its installer.

It is made on a connected machine from a bare checkout, where nothing of secterm's own is
installed yet: the standard library is all that it may import.
"""
