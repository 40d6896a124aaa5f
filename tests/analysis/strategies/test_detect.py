"""Strategies are found by what a program does, however it is written."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import selftaught.improver
from analysis.strategies.measured import figures, macro
from analysis.strategies.variants import HEAD, VARIANTS
from selftaught.analysis.strategies.detect import detect
from selftaught.analysis.strategies.found import STRATEGIES

LIBRARY = Path(selftaught.improver.__file__).parent / "library"
NAMED = {
    "annealing": {"simulated_annealing", "feedback"},
    "bandit": {
        "bandit",
        "greedy_iterative",
        "temperature_variation",
        "prompt_variation",
        "feedback",
    },
    "beam": {"beam_search", "feedback"},
    "best_of_n": {"best_of_n"},
    "chain_of_thought": set(),
    "decompose": {"decomposition", "greedy_iterative", "feedback"},
    "earlier_seed": {"best_of_n"},
    "genetic": {"genetic_algorithm", "feedback"},
    "greedy": {"greedy_iterative", "feedback"},
    "islands": {"genetic_algorithm", "feedback"},
    "reflect": {"greedy_iterative", "feedback"},
    "seed": {"best_of_n"},
    "seed_keep": {"best_of_n"},
    "sequential": {"feedback"},
    "tree": {"tree_search", "feedback"},
}


def names(source: str) -> set[str]:
    return {found.name for found in detect(source)}


class _Renaming(ast.NodeTransformer):
    """Gives all names that a program binds itself names that say nothing."""

    def __init__(self, tree: ast.Module) -> None:
        keywords = {n.arg for n in ast.walk(tree) if isinstance(n, ast.keyword)}
        own = {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}
        own |= {
            n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
        }
        own |= {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)}
        methods = {
            f.name
            for c in ast.walk(tree)
            if isinstance(c, ast.ClassDef)
            for f in c.body
            if isinstance(f, ast.FunctionDef)
        }
        kept = keywords | methods | {"improve_algorithm"}
        self._new = {name: f"v{n}" for n, name in enumerate(sorted(own - kept))}

    def visit_Name(self, node: ast.Name) -> ast.Name:
        node.id = self._new.get(node.id, node.id)
        return node

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.arg = self._new.get(node.arg, node.arg)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        node.name = self._new.get(node.name, node.name)
        if ast.get_docstring(node):
            node.body = node.body[1:]
        self.generic_visit(node)
        return node


def renamed(source: str) -> str:
    tree = ast.parse(source)
    return ast.unparse(ast.fix_missing_locations(_Renaming(tree).visit(tree)))


def test_the_library_has_what_its_names_say() -> None:
    assert sorted(NAMED) == sorted(path.stem for path in LIBRARY.glob("*.py"))


@pytest.mark.parametrize("name", NAMED)
def test_an_improver_of_the_library(name: str) -> None:
    source = (LIBRARY / f"{name}.py").read_text("utf-8")
    assert names(source) == NAMED[name]
    assert names(renamed(source)) == NAMED[name]


@pytest.mark.parametrize("title", VARIANTS)
def test_a_way_of_writing(title: str) -> None:
    strategies, body = VARIANTS[title]
    assert names(HEAD + body) == strategies
    assert names(renamed(HEAD + body)) == strategies


def test_the_build_half_stays_as_it_is() -> None:
    precision, recall = macro(figures("build"))
    assert precision >= 0.999
    assert recall >= 0.999


def test_lines_point_into_the_program_and_names_are_in_order() -> None:
    source = (LIBRARY / "bandit.py").read_text("utf-8")
    found = detect(source)
    order = [STRATEGIES.index(each.name) for each in found]
    assert order == sorted(order)
    for each in found:
        assert each.lines == tuple(sorted(set(each.lines)))
        assert all(source.splitlines()[line - 1].strip() for line in each.lines)


@pytest.mark.parametrize(
    "source",
    [
        "",
        "def improve_algorithm(",
        "x = 1\0",
        "raise SystemExit",
        "def improve_algorithm(*given): return given[0]",
        "class improve_algorithm: pass",
        "def improve_algorithm(s, u, m):\n    return improve_algorithm(s, u, m)",
        "def improve_algorithm(s, u, m):\n    while True:\n        s = [s, s]",
    ],
)
def test_what_is_no_improver_uses_no_strategy(source: str) -> None:
    assert detect(source) == []


@pytest.mark.parametrize(
    "call",
    [
        *(f"{name}(*s)" for name in ("max", "sorted", "map", "dict", "zip", "sum", "u", "next")),
        "heapq.heappush(*s)",
        "heapq.heappop(*[])",
        "heapq.nlargest(*[])",
        "s.replace(*[])",
        "s.join(*[])",
        "[].pop(*[])",
        "[].remove(*[])",
        "m.prompt()",
        "m.batch_prompt(*[])",
        "u.batch()",
        "u()",
        "random.choice()",
        "re.sub()",
        "ast.parse()",
        "functools.partial()",
        "threading.Thread()",
        "pool.submit()",
        "(lambda a, *b, c=1, **d: a)(*s, **u)",
    ],
)
def test_a_call_with_too_few_arguments_is_read_over(call: str) -> None:
    modules = "import ast, functools, heapq, random, re, threading\n"
    body = f"    for x in s:\n        {call}\n        x = {call}\n    return x\n"
    assert names(f"{modules}def improve_algorithm(s, u, m):\n{body}") <= set(STRATEGIES)
