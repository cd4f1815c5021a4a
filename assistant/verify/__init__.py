"""No source, no statement: every drafted sentence is checked against the evidence it names.

The checks are code, not prompts; they are the same for rules and for any language model.
"""

from assistant.verify.verdict import judge

__all__ = ["judge"]
