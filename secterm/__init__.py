"""Onboarding to posts that handle secrets, on an air-gapped terminal."""

__version__ = "0.1.0"
