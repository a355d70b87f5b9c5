"""How long people wait, each figure beside the same thing in a program that does
nothing else, in the same run: `python -m tests.benchmarks typing`.
"""
