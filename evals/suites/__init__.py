"""One file for one suite: its cases, what it scores, and what it is compared with."""
