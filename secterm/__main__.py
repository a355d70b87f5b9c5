"""`python -m secterm` is `secterm`."""

from secterm.cli import main

if __name__ == "__main__":
    main()
