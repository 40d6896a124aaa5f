import io
import tokenize


def number_tokens(text):
    return [t for t in tokenize.generate_tokens(io.StringIO(text).readline) if t.type == tokenize.NUMBER]


def improve_algorithm(initial_solution, utility, language_model):
    code, score = initial_solution, utility(initial_solution)
    left = 24
    for k in range(len(number_tokens(code))):
        for factor in (2, 0.5):
            tokens = number_tokens(code)
            if k >= len(tokens) or left == 0:
                return code
            token = tokens[k]
            try:
                changed = type(eval_literal(token.string))(eval_literal(token.string) * factor)
            except ValueError:
                continue
            rows = code.splitlines(keepends=True)
            row, start, end = token.start[0] - 1, token.start[1], token.end[1]
            rows[row] = rows[row][:start] + repr(changed) + rows[row][end:]
            trial = "".join(rows)
            left -= 1
            value = utility(trial)
            if value > score:
                code, score = trial, value
    return code


def eval_literal(text):
    return int(text) if text.isdigit() else float(text)
