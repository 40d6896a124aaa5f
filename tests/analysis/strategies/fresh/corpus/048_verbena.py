import concurrent.futures as cf

from helpers import extract_code


def improve_algorithm(initial_solution, utility, language_model):
    roles = {"optimist": "Look for the largest possible gain.", "pessimist": "Look for what can go wrong."}
    leader, lead = initial_solution, utility(initial_solution)
    for _ in range(2):
        body = f"```python\n{leader}\n```\nImprove it. Metric:\n{utility.str}"
        with cf.ThreadPoolExecutor() as executor:
            futures = [
                executor.submit(language_model.prompt, f"You are an {name}. {creed}", body, n_responses=5)
                for name, creed in roles.items()
            ]
        for future in cf.as_completed(futures):
            for code in extract_code(future.result()):
                if code and (value := utility(code)) > lead:
                    leader, lead = code, value
    return leader
