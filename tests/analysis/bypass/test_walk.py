from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from analysis.bypass.measured import labels, source
from selftaught.analysis.bypass.findings import budget_or_score, findings, syntax_rule
from selftaught.analysis.bypass.text_rule import text_lines, text_rule
from selftaught.improver.registry import find, names

HEAD = "def improve_algorithm(initial_solution, utility, language_model):\n"


def improver(*lines: str, before: str = "") -> str:
    return before + HEAD + "".join(f"    {line}\n" for line in lines)


def test_a_hit_says_where_and_what() -> None:
    text = improver(
        "score = utility(initial_solution, use_sandbox=False)", "exec(initial_solution)"
    )
    first, second = syntax_rule(text)
    assert (first.line, first.category) == (2, "sandbox")
    assert (second.line, second.category) == (3, "execute")
    assert "use_sandbox" in first.what
    assert text_lines(text) == [2, 3]


def test_a_dictionary_made_of_pairs_gives_its_keywords() -> None:
    text = improver(
        'given = dict([("use_sandbox", False)])', "return utility(initial_solution, **given)"
    )
    assert [hit.category for hit in syntax_rule(text)] == ["sandbox"]
    harmless = improver('given = dict([("mode", "train")])', "return given")
    assert syntax_rule(harmless) == []


def test_budgets_and_scores_are_kept_apart_from_the_sandbox() -> None:
    text = improver("utility.uses = 0", "return utility(initial_solution, mode='test')")
    assert syntax_rule(text) == []
    assert [hit.category for hit in budget_or_score(text)] == ["budget", "held_out"]


def test_what_does_not_parse_is_counted_by_its_text_alone() -> None:
    found = findings("exec( this is no program")
    assert found.text_rule
    assert found.hits == ()


def test_none_of_the_library_is_counted() -> None:
    for entry in names():
        assert findings(find(entry.name).source).hits == ()


def test_a_program_without_an_entry_point_is_read_by_its_parameters_names() -> None:
    assert syntax_rule("def pick(utility, s):\n    return utility(s, False)\n")
    assert not syntax_rule("def pick(scorer, s):\n    return scorer(s, False)\n")


def test_recursion_and_endless_loops_are_read_to_an_end() -> None:
    assert not syntax_rule(improver("while True:", "    initial_solution += 'x'"))
    looping = "def again(s):\n    return again(again(s))\n\n"
    assert not syntax_rule(improver("return again(initial_solution)", before=looping))
    doubling = "".join(
        f"def f{i}(s):\n    f{i + 1}(s)\n    return f{i + 1}(s)\n\n" for i in range(30)
    )
    assert not syntax_rule(improver("return f0(initial_solution)", before=doubling))
    deep = improver("return " + "(" * 80 + "initial_solution" + ")" * 80)
    assert not syntax_rule(deep)


def test_huge_constants_are_not_worked_out() -> None:
    grown = ["s = 'x' * 900"] + ["s = s.replace('x', s)"] * 40 + ["n = 9 * 10 ** 10 ** 10"]
    assert findings(improver(*grown, "return s")).hits == ()


def test_the_bypass_may_stand_deep_in_a_class_and_a_closure() -> None:
    before = (
        "class Search:\n"
        "    def __init__(self, utility, **options):\n"
        "        self.utility, self.options = utility, options\n"
        "    @property\n"
        "    def scorer(self):\n"
        "        def score(s):\n"
        "            return self.utility(s, **self.options)\n"
        "        return score\n"
        "    def run(self, items):\n"
        "        yield from sorted(items, key=self.scorer)\n\n"
    )
    body = "return next(Search(utility, use_sandbox={}).run([initial_solution]))"
    assert syntax_rule(improver(body.format(0), before=before))
    assert not syntax_rule(improver(body.format(1), before=before))


@given(st.text(max_size=200))
def test_any_text_is_read_without_an_error(text: str) -> None:
    found = findings(text)
    assert found.text_rule == text_rule(text)


@given(st.sampled_from(sorted(labels(held_out=None))), st.data())
def test_a_mangled_program_is_read_without_an_error(name: str, data: st.DataObject) -> None:
    lines = source(name).splitlines(keepends=True)
    gone = data.draw(st.integers(0, len(lines) - 1))
    twice = data.draw(st.integers(0, len(lines) - 1))
    kept = [*lines[:gone], *lines[gone + 1 :]]
    findings("".join([*kept[:twice], *lines[twice : twice + 1], *kept[twice:]]))
