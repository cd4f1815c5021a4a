"""``python -m evals``: the same as ``consilium evaluate``."""

from __future__ import annotations

from evals.cli import app


def main() -> None:
    """Run the command line."""
    app(prog_name="python -m evals")


if __name__ == "__main__":
    main()
