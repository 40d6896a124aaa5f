import random

from helpers import extract_code

MUTATIONS = [
    "Exchange the data structure.",
    "Add a local search at the end.",
    "Exploit symmetry.",
    "Remove needless work.",
]


def improve_algorithm(initial_solution, utility, language_model):
    gene_pool = {initial_solution: utility(initial_solution)}

    def admit(replies):
        for code in extract_code(replies):
            if code:
                gene_pool[code] = utility(code)

    for _ in range(3):
        parents = random.choices(list(gene_pool), k=5)
        admit(
            language_model.batch_prompt(
                "Evolutionary programmer",
                [f"{random.choice(MUTATIONS)}\n```python\n{p}\n```" for p in parents],
            )
        )
        for weakest in sorted(gene_pool, key=gene_pool.get)[:-5]:
            del gene_pool[weakest]
    fittest = sorted(gene_pool, key=gene_pool.get, reverse=True)[:3]
    admit(
        language_model.prompt(
            "Evolutionary programmer", "Fuse into one program:\n\n" + "\n\n# next\n".join(fittest)
        )
    )
    return max(gene_pool, key=gene_pool.get)
