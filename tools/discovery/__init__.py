"""Molecules with wanted properties: profiles, predicted ADMET, design, and the gate against misuse.

What comes out is a computer-made structure, a hypothesis: none was made or tested.
"""
