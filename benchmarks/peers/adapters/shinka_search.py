"""ShinkaEvolve: `ShinkaEvolveRunner`, whole programs instead of SEARCH/REPLACE blocks.

Set: the model server, the number of generations (the seed program is the first; a patch that
does not apply is asked for again, and what is beyond the budget is refused), the task's text
as system message, full rewrites, no embeddings (they need a second model), the evaluator's
command, and two evaluations at once. It has no seed for a run. Everything else is its default.
"""

import asyncio
from pathlib import Path

from scoring import keep, read_job
from shinka.core import EvolutionConfig, ShinkaEvolveRunner
from shinka.database import DatabaseConfig
from shinka.launch import LocalJobConfig

MARKED = "# EVOLVE-BLOCK-START\n{program}\n# EVOLVE-BLOCK-END\n"


def main():
    job = read_job()
    folder = Path(job.folder) / "shinka"
    program = Path(job.folder) / "initial.py"
    program.write_text(MARKED.format(program=job.seed_program.strip("\n")))
    runner = ShinkaEvolveRunner(
        evo_config=EvolutionConfig(
            task_sys_msg=job.text,
            patch_types=["full"],
            patch_type_probs=[1.0],
            num_generations=job.responses + 1,
            llm_models=[f"local/{job.model}@{job.url}"],
            embedding_model=None,
            init_program_path=str(program),
            results_dir=str(folder),
        ),
        job_config=LocalJobConfig(eval_program_path=str(Path(__file__).parent / "shinka_score.py")),
        db_config=DatabaseConfig(db_path="programs.sqlite"),
        max_evaluation_jobs=2,
        verbose=False,
    )
    asyncio.run(runner.run_async())
    best = (folder / "best" / "main.py").read_text()
    keep(job, best)


if __name__ == "__main__":
    main()
