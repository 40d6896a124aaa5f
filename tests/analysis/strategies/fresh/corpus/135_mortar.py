import hashlib

from helpers import extract_code


def improve_algorithm(initial_solution, utility, language_model):
    memo = {}

    def measure(text):
        digest = hashlib.sha1(text.strip().encode()).hexdigest()
        hit = memo.get(digest)
        if hit is not None:
            return hit
        memo[digest] = utility(text)
        return memo[digest]

    # Simulated annealing: start hot, cool down, accept less and less.
    heat = 1.0
    lines = [initial_solution]
    while heat > 0.3 and language_model.budget > 0:
        prompts = []
        for line in lines:
            prompts += [f"Improve:\n```python\n{line}\n```\nwith respect to\n{utility.str}"] * 3
        try:
            replies = language_model.batch_prompt("Optimiser", prompts, temperature=heat)
        except RuntimeError:
            break
        offspring = [code for code in extract_code(replies) if code]
        everyone = sorted(set(lines + offspring), key=measure, reverse=True)
        lines = everyone[:2]
        heat -= 0.2
    return max(lines, key=measure)
