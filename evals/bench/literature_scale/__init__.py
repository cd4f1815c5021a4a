"""The literature at 20,000 and 100,000 passages, beside bm25s alone and Chroma alone in the same run."""
