"""Transcript models: coordinates, bases, translation, storage. Their faces are genomics.transcript.store and names."""
