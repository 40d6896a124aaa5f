from string import Template

from helpers import extract_code

CONFIG = {"temperatures": [0.7, 0.9, 1.1], "styles": ["terse"], "rounds": 4}
REQUEST = Template("In a $style way, improve this program (score $score):\n$fence\n$code\n$fence\nGoal: $goal")


def improve_algorithm(initial_solution, utility, language_model):
    state = {"code": initial_solution, "score": utility(initial_solution)}
    for _ in range(CONFIG["rounds"]):
        text = REQUEST.substitute(state, style=CONFIG["styles"][0], fence="```", goal=utility.str)
        replies = language_model.prompt("Stylist", text, n_responses=5, temperature=CONFIG["temperatures"][0])
        for code in extract_code(replies):
            if code and (value := utility(code)) > state["score"]:
                state.update(code=code, score=value)
    return state["code"]
