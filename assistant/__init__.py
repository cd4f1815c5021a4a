"""The conversation: a question in, an answer with evidence out."""
