"""``python -m assistant VERB``: the command line. Nothing heavy is imported before a verb asks for it."""

from __future__ import annotations

from assistant.cli.app import app


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
