"""The web service that carries the pages: one process, this computer only by default."""
