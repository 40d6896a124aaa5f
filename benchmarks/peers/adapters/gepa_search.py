"""GEPA: `optimize_anything` in its single-task mode, where the candidate is the solution.

Set: the seed, the reflection model (the benchmark's server), and a limit on proposals, one
response each. The prompt is GEPA's default; the task's text is the system message, since
GEPA would put its ``background`` before the program. Everything else is GEPA's default.
"""

from gepa.optimize_anything import EngineConfig, GEPAConfig, ReflectionConfig, optimize_anything
from scoring import ask, keep, read_job, score


def main():
    job = read_job()

    def reflect(prompt):
        user = [{"role": "user", "content": prompt}] if isinstance(prompt, str) else prompt
        messages = [{"role": "system", "content": job.text}, *user]
        body = {"model": job.model, "messages": messages}
        return ask(job.url + "/chat/completions", body)["choices"][0]["message"]["content"]

    def evaluate(candidate):
        found = score(candidate)
        return found["score"], {"scores": {"score": found["score"]}, "Feedback": found["feedback"]}

    config = GEPAConfig(
        engine=EngineConfig(seed=job.seed, max_candidate_proposals=job.responses),
        reflection=ReflectionConfig(reflection_lm=reflect),
    )
    result = optimize_anything(job.seed_program, evaluator=evaluate, config=config)
    keep(job, result.best_candidate)


if __name__ == "__main__":
    main()
