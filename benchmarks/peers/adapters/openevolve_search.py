"""OpenEvolve: `run_evolution`, whole programs instead of SEARCH/REPLACE blocks.

Set: the model server, the number of iterations (one response each), the seed, the task's
text as system message, full rewrites, and no early end. Everything else is OpenEvolve's
default: five islands, MAP-Elites by complexity and diversity.
"""

from pathlib import Path

from openevolve import run_evolution
from openevolve.config import Config, LLMModelConfig
from scoring import keep, read_job


def main():
    job = read_job()
    config = Config()
    config.random_seed = config.database.random_seed = job.seed
    config.diff_based_evolution = False
    config.prompt.system_message = job.text
    config.llm.api_base, config.llm.api_key = job.url, "none"
    config.llm.models = [LLMModelConfig(name=job.model)]
    config.llm.evaluator_models = config.llm.models.copy()
    llm = config.llm
    config.llm.update_model_params(
        {
            "api_base": job.url,
            "api_key": "none",
            "system_message": job.text,
            "temperature": llm.temperature,
            "max_tokens": llm.max_tokens,
            "timeout": llm.timeout,
            "retries": llm.retries,
            "retry_delay": llm.retry_delay,
            "random_seed": job.seed,
        }
    )
    program = Path(job.folder) / "seed.py"
    program.write_text(job.seed_program)
    result = run_evolution(
        program,
        Path(__file__).parent / "evaluator.py",
        config=config,
        iterations=job.responses,
        output_dir=f"{job.folder}/openevolve",
        cleanup=False,
    )
    keep(job, result.best_code)


if __name__ == "__main__":
    main()
