import threading

from helpers import extract_code


def improve_algorithm(initial_solution, utility, language_model):
    beam_width = 1
    beam = [initial_solution]
    for _ in range(4):
        scored = [(utility(beam[0]), beam[0])]

        def score(code):
            scored.append((utility(code), code))

        replies = language_model.prompt(
            "Engineer", f"Continue to improve\n```python\n{beam[0]}\n```\nunder\n{utility.str}", n_responses=5
        )
        for code in extract_code(replies):
            if code:
                worker = threading.Thread(target=score, args=(code,))
                worker.start()
                worker.join()
        scored.sort(key=lambda s: s[0], reverse=True)
        beam = [code for _, code in scored[:beam_width]]
    return beam[0]
