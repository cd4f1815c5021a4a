"""Each step of the measuring, in a process of its own: ``python -m evals.bench.literature_scale.steps STEP JSON``.

The last line that a step prints is its report as JSON.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from evals.bench.literature_scale import asking, filling, sound

STEPS: dict[str, Callable[..., dict[str, Any]]] = {
    step.__name__: step
    for step in (
        filling.put,
        filling.build,
        filling.build_on_server,
        filling.words_alone,
        filling.chroma_alone,
        asking.start,
        asking.memory,
        asking.embedded_search,
        asking.served_search,
        asking.with_model,
        asking.model_rate,
        sound.recall,
        sound.said,
        sound.add_one,
        sound.while_building,
        sound.add_from_beside,
        sound.two_processes,
    )
}


def main() -> None:
    """Run one step."""
    step, given = sys.argv[1], json.loads(sys.argv[2])
    if "folder" in given:
        given["folder"] = Path(given["folder"])
    print(json.dumps(STEPS[step](**given)))


if __name__ == "__main__":
    main()
