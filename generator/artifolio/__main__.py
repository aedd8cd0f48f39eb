"""Runs the command line as ``python -m artifolio``."""

from artifolio.cli.main import main

if __name__ == "__main__":
    main()
