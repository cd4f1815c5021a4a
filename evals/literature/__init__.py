"""Retrieval measured: sets by fixed rules, rankings beside trivial ones, quotes, refusal, and the table of them all."""
