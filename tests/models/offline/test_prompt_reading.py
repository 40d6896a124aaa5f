from __future__ import annotations

from models.offline.programs import IMPROVER, RULE, SCORING, WALK, prompt
from selftaught.models.offline.prompt_reading import defined, parse, read
from selftaught.ports import Message


def test_the_first_block_is_the_solution_and_score_is_in_the_scoring() -> None:
    reading = read([Message("user", prompt(WALK))])
    assert reading.solution == WALK.strip()
    assert reading.scoring == SCORING.strip()
    assert reading.others == ()


def test_a_program_with_fences_of_its_own_is_read_whole() -> None:
    assert read([Message("user", prompt(IMPROVER))]).solution == IMPROVER.strip()


def test_code_in_the_system_message_comes_last() -> None:
    system = Message("system", f"```python\n{RULE}\n```")
    assert read([system, Message("user", prompt(WALK))]).solution == WALK.strip()
    assert read([system, Message("user", "no code")]).solution == RULE.strip()


def test_other_versions_of_the_solution_are_kept_in_order() -> None:
    second, third = WALK.replace("20", "30"), WALK.replace("20", "40")
    text = prompt(WALK) + f"Tried:\n```python\n{second}\n```\n```python\n{third}\n```\n"
    assert read([Message("user", text)]).others == (second.strip(), third.strip())


def test_nothing_is_read_where_nothing_is_fenced() -> None:
    assert read([Message("user", "x = 1")]).solution is None
    assert read([]).solution is None


def test_the_functions_at_the_top_level() -> None:
    assert defined("def a():\n    def b(): pass\nc = 1\ndef d(): pass") == {"a", "d"}
    assert defined("def a(:") == frozenset()
    assert parse("x = \0") is None


def test_the_scores_that_a_prompt_tells_are_read() -> None:
    second = WALK.replace("20", "30")
    text = (
        f"This program scores 0.25:\n\n```python\n{WALK}\n```\n\nScored by:\n\n"
        f"```python\n{SCORING}\n```\n\nTried:\n\nScore -1.5e-3:\n\n```python\n{second}\n```\nGo on."
    )
    reading = read([Message("user", text)])
    assert reading.scores == {WALK.strip(): 0.25, second.strip(): -0.0015}
    assert reading.best == WALK.strip()
    assert reading.relatives == (second.strip(),)
    assert reading.words.endswith("go on.")
    assert "tried" not in reading.words
    better = read([Message("user", text.replace("-1.5e-3", "0.75"))])
    assert better.best == second.strip()
    assert better.relatives == (WALK.strip(),)


def test_without_scores_the_first_program_is_the_one_to_go_on_from() -> None:
    second = WALK.replace("20", "30")
    text = f"```python\n{WALK}\n```\nof this:\n```python\n{second}\n```\n"
    assert read([Message("user", text)]).best == WALK.strip()


HISTORY = f"""# Current Program Information
- Fitness: 0.25

# History
## Top programs

### Program 1 (Score: 0.75)
```python
{{better}}
```

# Current Program

## Context
Chosen for diversity, score: 0.25.

```python
{WALK}
```

# Task
Rewrite it.

```python
# Your rewritten program here
```
"""


def test_a_heading_names_the_program_to_go_on_from() -> None:
    better = WALK.replace("20", "30").strip()
    reading = read([Message("user", HISTORY.replace("{better}", better))])
    assert reading.solution == reading.best == WALK.strip()
    assert reading.others == reading.relatives == (better,)
    assert reading.scores == {better: 0.75, WALK.strip(): 0.25}
    unnamed = read([Message("user", HISTORY.replace("# Current Program\n", "# Program\n"))])
    assert unnamed.solution != WALK.strip()
