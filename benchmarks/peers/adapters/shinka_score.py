"""The command that ShinkaEvolve scores a program with: it leaves two JSON files."""

import argparse
import json
from pathlib import Path

from scoring import score


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program_path", type=Path)
    parser.add_argument("--results_dir", type=Path)
    chosen = parser.parse_args()
    found = score(chosen.program_path.read_text())
    correct = not found["failed"]  # one failed instance counts low, here as for everybody
    metrics = {
        "combined_score": found["score"],
        "public": {},
        "private": {},
        "text_feedback": found["feedback"],
    }
    verdict = {"correct": correct, "error": None if correct else found["feedback"]}
    chosen.results_dir.mkdir(parents=True, exist_ok=True)
    (chosen.results_dir / "metrics.json").write_text(json.dumps(metrics))
    (chosen.results_dir / "correct.json").write_text(json.dumps(verdict))


if __name__ == "__main__":
    main()
