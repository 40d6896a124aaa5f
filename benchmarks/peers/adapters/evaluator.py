"""The evaluator that peers load from a file: the score of the benchmark's own server."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from scoring import score


def evaluate(program_path):
    """Return the metrics of the program in a file, with feedback in words."""
    found = score(Path(program_path).read_text())
    return {"combined_score": found["score"]}
