"""This machine: what the program gives up on it, and what it sees of it."""
