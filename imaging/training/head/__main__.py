"""``python -m imaging.training.head``."""

import sys

from imaging.training.head.command import main

if __name__ == "__main__":
    sys.exit(main())
