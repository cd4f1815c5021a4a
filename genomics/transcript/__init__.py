"""Transcript models: coordinates, bases, translation, storage. Their faces are genomics.transcripts and names."""
