"""``python -m imaging VERB``: the imaging part on its own, without the assistant."""

from __future__ import annotations

from imaging.commands.app import build


def main() -> None:
    """Run the command line."""
    build()()


if __name__ == "__main__":
    main()
