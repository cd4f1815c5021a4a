"""The patient frame: from the user's words, from the form of the page, and what changed."""

from assistant.frame.edits import edit
from assistant.frame.words import changes, read, whole, with_images

__all__ = ["changes", "edit", "read", "whole", "with_images"]
