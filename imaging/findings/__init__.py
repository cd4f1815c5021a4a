"""From a file to what an agent may say: findings with a model's card as their source, in one of six outcomes."""

from imaging.findings.files import read_file
from imaging.findings.outcomes import as_result

__all__ = ["as_result", "read_file"]
