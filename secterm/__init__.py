"""Onboarding to posts that handle secrets, on an air-gapped terminal."""

__version__ = "0.1.0"
__released__ = "2026-11-25"  # no clock is right that stands before this day
