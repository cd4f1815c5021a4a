"""The tools an agent can call, and the drug and treatment knowledge they stand on.

Importing this package loads no tool: :mod:`tools.registry` imports each on first use.
"""
