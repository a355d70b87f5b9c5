"""What can happen to an appointee, what it adds up to, and what is still owed.

Pure: no input or output, no clock of its own, no keys.
"""
