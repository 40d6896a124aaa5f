"""SkyDiscover: AdaEvolve by `run_discovery`, whole programs instead of SEARCH/REPLACE blocks.

Set: the model server, the number of iterations, the seed, the task's text as system
message, full rewrites, and no retries of refused requests: some iterations ask the model
several times, and what is beyond the budget is refused. Everything else is the default.
EvoX, its other search, lacks a file of its configuration in the package on the index.
"""

from pathlib import Path

from scoring import keep, read_job
from skydiscover.api import run_discovery
from skydiscover.config import Config


def main():
    job = read_job()
    config = Config.from_dict(
        {
            "random_seed": job.seed,
            "diff_based_generation": False,
            "search": {"type": "adaevolve", "database": {"random_seed": job.seed}},
            "prompt": {"system_message": job.text},
            "llm": {
                "api_base": job.url,
                "api_key": "none",
                "retries": 0,
                "retry_delay": 0,
                "models": [{"name": job.model, "api_base": job.url, "api_key": "none"}],
            },
        }
    )
    config.llm.update_model_params({"system_message": job.text})
    program = Path(job.folder) / "seed.py"
    program.write_text(job.seed_program)
    result = run_discovery(
        program,
        Path(__file__).parent / "evaluator.py",
        config=config,
        iterations=job.responses,
        output_dir=f"{job.folder}/skydiscover",
        cleanup=False,
    )
    keep(job, result.best_solution)


if __name__ == "__main__":
    main()
