"""Answers as models write them: ways to give one program, and ways to give none.

`FORMS` maps a name to an answer that gives `NEW` where `OLD` was sent; `NOTHING` maps a name to
an answer that gives no new program, and the beginning of the reason.
"""

from __future__ import annotations

import base64
import html
import json

OLD = '''def distinct(words):
    """Return how many different words there are."""
    found = []
    for word in words:
        for _ in range(4):
            if word not in found:
                found = found + [word]
    return len(found)'''
NEW = '''def distinct(words):
    """Return how many different words there are."""
    seen = set()
    for word in words:
        seen.add(word)
    return len(seen)'''
DRAFT = NEW.replace("seen.add(word)", "seen.add(str(word))")
MESSAGE = f"Improve this program:\n\n```python\n{OLD}\n```\n\nWrite it in one Python code block."
F = "```"
TESTS = """import pytest
from words import distinct


@pytest.mark.parametrize("words, number", [([], 0), (["a"], 1), (["a", "b", "a"], 2)])
def test_distinct(words, number):
    assert distinct(words) == number


def test_many():
    assert distinct([str(number % 10) for number in range(1000)]) == 10"""
SHELL = """python3 - <<'PY'
from words import distinct
assert distinct(['a', 'b', 'a']) == 2
assert distinct(['x'] * 1000) == 1
print('the new version gives what the old one gave')
PY"""


def block(text: str, info: str = "python") -> str:
    """Return a fenced block."""
    return f"{F}{info}\n{text}\n{F}"


def moved(text: str, prefix: str) -> str:
    """Return a text with a prefix before each line that is not blank."""
    return "\n".join(prefix + line if line.strip() else line for line in text.split("\n"))


def edit(old: str, new: str) -> str:
    """Return a SEARCH/REPLACE block."""
    return f"<<<<<<< SEARCH\n{old}\n=======\n{new}\n>>>>>>> REPLACE"


_OLD_BODY = "\n".join(OLD.split("\n")[2:])
_NEW_BODY = "\n".join(NEW.split("\n")[2:])
_EDIT = edit(_OLD_BODY, _NEW_BODY)
_HUNK = "\n".join(
    [
        " def distinct(words):",
        '     """Return how many different words there are."""',
        *("-" + line for line in _OLD_BODY.split("\n")),
        *("+" + line for line in _NEW_BODY.split("\n")),
    ]
)
_DIFF = f"--- a/words.py\n+++ b/words.py\n@@ -1,8 +1,6 @@\n{_HUNK}"
_NUMBERS = "\n".join(f"{n:>3} | {line}" for n, line in enumerate(NEW.split("\n"), 1))
_TABULATED = "\n".join(f"{n:>6}\t{line}" for n, line in enumerate(NEW.split("\n"), 1))
_PROMPTS = "\n".join((">>> " if n == 0 else "... ") + x for n, x in enumerate(NEW.split("\n")))
_LITERAL = json.dumps(NEW)[1:-1]
_CALL = {"name": "write_file", "arguments": json.dumps({"path": "words.py", "content": NEW + "\n"})}
_NOTEBOOK = {
    "cells": [
        {"cell_type": "markdown", "source": ["# Faster\n"]},
        {"cell_type": "code", "source": [line + "\n" for line in NEW.split("\n")]},
    ]
}

FORMS: dict[str, str] = {
    "a fence": f"A set does it.\n\n{block(NEW)}\n",
    "a bare fence": f"A set does it.\n\n{block(NEW, '')}\n",
    "py": block(NEW, "py"),
    "python3": block(NEW, "python3"),
    "capital Python": block(NEW, "Python"),
    "a title": block(NEW, 'python title="words.py"'),
    "a path in the info": block(NEW, "python:src/words.py"),
    "only a path in the info": block(NEW, "words.py"),
    "braces": block(NEW, "{python}"),
    "attributes": block(NEW, "{.python .numberLines}"),
    "mislabelled as text": block(NEW, "text"),
    "mislabelled as JSON": block(NEW, "json"),
    "mislabelled as shell": block(NEW, "bash"),
    "tildes": f"~~~python\n{NEW}\n~~~",
    "four backquotes": f"````python\n{NEW}\n````",
    "markdown in markdown": f"````markdown\n# Answer\n\n{block(NEW)}\n````",
    "Windows line endings": f"So:\n\n{block(NEW)}\n".replace("\n", "\r\n"),
    "old Mac line endings": f"So:\n\n{block(NEW)}\n".replace("\n", "\r"),
    "a byte-order mark": "\ufeff" + block(NEW),
    "zero width before the fence": f"So:\n\u200b{block(NEW)}",
    "spaces that don't break": block(NEW.replace("    ", "\u00a0\u00a0\u00a0\u00a0")),
    "curly quotes": block(NEW.replace('"""', "\u201d\u201d\u201d")),
    "curly quotes around": f"\u201cHere it is\u201d:\n\n{block(NEW)}\n\nIt\u2019s fast.",
    "an unclosed fence": f"So:\n\n{F}python\n{NEW}\n",
    "an unclosed fence with words after": f"So:\n\n{F}python\n{NEW}\n\nThis is O(n), not O(n²).",
    "closed on the last line": f"{F}python\n{NEW}{F}",
    "words after the closing fence": f"{F}python\n{NEW}\n{F} This is linear.\n\nDone.",
    "opened at the end of a sentence": f"Here it is: {F}python\n{NEW}\n{F}\n",
    "code on the line of the fence": f"{F}python {NEW}\n{F}\n",
    "a file's name above": block("words.py\n" + NEW),
    "the language above": f"{F}\npython\n{NEW}\n{F}",
    "in a list": f"1. Use a set:\n\n{moved(block(NEW), '   ')}\n\n2. Done.",
    "in a list, the fence alone": f"1. Use a set:\n\n   {F}python\n{NEW}\n   {F}\n",
    "a quotation": moved(f"Here:\n\n{block(NEW)}", "> "),
    "a quotation without blanks": moved(block(NEW), ">"),
    "indented content": block(moved(NEW, "    ")),
    "content indented by a tab": block(moved(NEW, "\t")),
    "old in <think>": f"<think>\nIt reads:\n\n{block(OLD)}\n\nA set.\n</think>\n\n{block(NEW)}",
    "a draft in <think>": f"<think>\n{block(DRAFT)}\nBut str?\n</think>\n\n{block(NEW)}",
    "an open fence in <think>": f"<think>\n{F}python\n{DRAFT}\nHm.\n</think>\n\n{block(NEW)}",
    "only </think>": f"It reads\n{block(DRAFT)}\nBut str?\n</think>\n{block(NEW)}",
    "a draft in <thinking>": f"<thinking>{block(DRAFT)}</thinking>\n{block(NEW)}",
    "<think> that never ends": f"<think>\nLet me see. A set:\n\n{block(NEW)}\n",
    "original, then improved": f"Original:\n\n{block(OLD)}\n\nImproved:\n\n{block(NEW)}",
    "improved, then original": f"Improved:\n\n{block(NEW)}\n\nOriginal, to compare:\n\n{block(OLD)}",
    "annotated original first": (
        f"Before:\n\n{block(OLD.replace('range(4):', 'range(4):  # slow!'))}\n\n"
        f"After:\n\n{block(NEW)}"
    ),
    "abridged original last": (
        f"{block(NEW)}\n\nThe original:\n\n{block(OLD.replace('found + [word]', '[word] + found'))}"
    ),
    "corrected": (
        f"First attempt:\n\n{block(DRAFT)}\n\nNo, keep the type. Corrected:\n\n{block(NEW)}"
    ),
    "two options": f"Option A:\n\n{block(DRAFT)}\n\nOption B:\n\n{block(NEW)}",
    "shell before": f"{block('pip install words', 'bash')}\n\n{block(NEW)}",
    "longer shell after": f"{block(NEW)}\n\nTry it:\n\n{block(SHELL, 'bash')}",
    "longer tests after": f"{block(NEW)}\n\nTests:\n\n{block(TESTS)}",
    "longer tests before": f"Tests first:\n\n{block(TESTS)}\n\n{block(NEW)}",
    "unlabelled output after": (
        f"{block(NEW)}\n\nOutput:\n\n{block('words: 3' + chr(10) * 2 + '3 = 3' * 90, '')}"
    ),
    "usage after": f"{block(NEW)}\n\nUsage:\n\n{block('print(distinct(list(' + repr('ab' * 99) + ')))')}",
    "a benchmark after": (
        f"{block(NEW)}\n\n"
        + block(
            "import timeit\n\ndef bench(n):\n    words = list('abc') * n\n"
            "    return timeit.timeit(lambda: distinct(words), number=9)\n\n"
            "for n in (1, 10):\n    print(n, bench(n))"
        )
    ),
    "JSON after": f"{block(NEW)}\n\n{block(json.dumps({'complexity': 'n' * 500}), 'json')}",
    "the program again with a demonstration": (
        f"{block(NEW)}\n\nTry:\n\n{block(NEW + chr(10) * 3 + 'print(distinct([1, 2]))')}"
    ),
    "headings": f"# Analysis\n\nSlow.\n\n## Code\n\n{block(NEW)}\n\n## Complexity\n\nO(n).",
    "another language": f"Voilà la version améliorée :\n\n{block(NEW)}\n\nC'est tout !",
    "no fence": NEW + "\n",
    "no fence, words around": f"Here is the improved version:\n\n{NEW}\n\nIt uses a set now.",
    "no fence, indented": f"Here is the improved version:\n\n{moved(NEW, '    ')}\n\nIt uses a set.",
    "no fence, a heading": f"# Improved version\n\n{NEW}\n\nExplanation: a set finds words at once.",
    "an edit in a fence": block(_EDIT, ""),
    "an edit without a fence": f"A set:\n\nwords.py\n{_EDIT}\n",
    "an edit in a python fence": f"words.py\n{block(_EDIT)}",
    "two edits": f"{edit('    found = []', '    seen = set()')}\n\n"
    + edit(
        "\n".join(_OLD_BODY.split("\n")[2:]),
        "        seen.add(word)\n    return len(seen)",
    ),
    "an edit between dashes": block(
        f"------- SEARCH\n{_OLD_BODY}\n=======\n{_NEW_BODY}\n+++++++ REPLACE", ""
    ),
    "a diff": f"{block(_DIFF, 'diff')}",
    "a diff without a fence": f"The change:\n\n{_DIFF}\n\nIt is linear now.",
    "a git diff": block(
        f"diff --git a/words.py b/words.py\nindex 1234567..89abcde 100644\n{_DIFF}", ""
    ),
    "a diff without numbers": block(_DIFF.replace("@@ -1,8 +1,6 @@", "@@ ... @@"), "diff"),
    "a diff without a header": block(_HUNK, "diff"),
    "a patch between stars": block(
        f"*** Begin Patch\n*** Update File: words.py\n@@\n{_HUNK}\n*** End Patch", ""
    ),
    "a plus before each line": block(moved(NEW, "+"), "diff"),
    "line numbers": block(_NUMBERS),
    "line numbers and tabs": block(_TABULATED),
    "a session": block(_PROMPTS),
    "escaped for HTML": block(html.escape(NEW)),
    "<code>": f"<code>\n{NEW}\n</code>",
    "<answer>": f"Think.\n\n<answer>\n{NEW}\n</answer>",
    "<answer> with a fence": f"<answer>\n{block(NEW)}\n</answer>",
    "<pre><code>": f'<pre><code class="language-python">{html.escape(NEW)}</code></pre>',
    "CDATA": f"<program><![CDATA[\n{NEW}\n]]></program>",
    "JSON": json.dumps({"reasoning": "A set.", "code": NEW}),
    "JSON in a fence": block(json.dumps({"code": NEW}, indent=2), "json"),
    "JSON with a fence within": json.dumps({"answer": f"So:\n\n{block(NEW)}"}),
    "a tool call": json.dumps(_CALL),
    "a tool call in tags": f"<tool_call>\n{json.dumps(_CALL)}\n</tool_call>",
    "a notebook": json.dumps(_NOTEBOOK, indent=1),
    "a string": block(json.dumps(NEW)),
    "escaped line ends": block(_LITERAL),
    "magic": block("%%time\n!pip install words\n" + NEW),
    "a special token": f"{block(NEW)}<|im_end|>",
    "special tokens around": f"<|im_start|>assistant\n{block(NEW)}\n<|im_end|>\n</s>",
    "an instruction token, no fence": f"[/INST] {NEW}</s>",
    "a here-document": block(f"cat > words.py <<'EOF'\n{NEW}\nEOF\npython3 check.py", "bash"),
    "only the body": f"Replace the body by:\n\n{block(_NEW_BODY)}",
    "another name": block(NEW.replace("def distinct(", "def distinct_fast(")),
    "cut off in a demonstration": f"{F}python\n{NEW}\n\n\nif __name__ == '__main__':\n    print(dist",
    "cut off in a test": f"{F}python\n{NEW}\n\n\ndef test_distinct():\n    assert distinct([",
    "complete, then cut off": f"{block(NEW)}\n\nOr shorter:\n\n{F}python\ndef distinct(words):\n    return len(set(wor",
    "the fence of the next block closes": f"{F}python\n{NEW}\n{F}bash\npython3 check.py\n{F}",
}
"""Answers that give `NEW`."""

NOTHING: dict[str, tuple[str, str]] = {
    "nothing": ("", "empty"),
    "blank": (" \n\t\n", "empty"),
    "a special token alone": ("<|im_end|>", "no code block"),
    "a refusal": ("I'm sorry, but I can't help with that request.", "no code block"),
    "a question": ("Could you tell me how long the lists are?", "no code block"),
    "words": ("Use a set instead of a list; `found` is searched each time.", "no code block"),
    "the old program": (f"It is optimal already:\n\n{block(OLD)}", "same as what was sent"),
    "the old program, spaced": (block(OLD.replace("= []", "=  []")), "same as what was sent"),
    "the old program without a fence": (f"It is fine:\n\n{OLD}\n", "same as what was sent"),
    "the old program and a demonstration": (
        block(f"{OLD}\n\nprint(distinct(['a']))"),
        "same as what was sent",
    ),
    "only shell": (block(SHELL, "bash"), ""),
    "only tests": (block(TESTS), "does not define distinct"),
    "only usage": (
        block("from words import distinct\n\nprint(distinct(['a']))"),
        "does not define",
    ),
    "only output": (block("3\n3\n2", ""), "does not define distinct"),
    "only JSON": (block(json.dumps({"idea": "use a set"}), "json"), ""),
    "pseudocode": (
        block("function distinct(words)\n  for each word: add to set\nend", ""),
        "does not",
    ),
    "Java": (block("int distinct(List<String> words) { return 1; }", "java"), "no block of Python"),
    "another function": (block("def sort(words):\n    return sorted(words)"), "does not define"),
    "the rest left out": (
        block(
            "def distinct(words):\n    seen = set()\n    # ... rest unchanged\n    return len(seen)"
        ),
        "leaves code out",
    ),
    "dots": (
        block("def distinct(words):\n    seen = set()\n    ...\n    return len(seen)"),
        "leaves",
    ),
    "a stub": (block("def distinct(words):\n    ..."), "leaves code out"),
    "an edit that does not apply": (
        block(edit("    other = 1", "    other = 2"), ""),
        "edits do not",
    ),
    "an edit that was cut off": (_EDIT[:-40], "edits do not apply"),
    "a diff of another file": (
        block("--- a/x.py\n+++ b/x.py\n@@ -1,2 +1,2 @@\n-x = 1\n+x = 2\n y = 3", "diff"),
        "edits do not apply",
    ),
    "binary": (block(base64.b64encode(NEW.encode()).decode(), ""), "does not"),
    "thoughts without an end": ("<think>\nLet me see. The list is searched again and", "no code"),
    "links": ("See [sets](https://docs.python.org/3/library/stdtypes.html).", "no code block"),
    "a quotation of the message": (f"You wrote:\n\n> {MESSAGE.splitlines()[0]}\n\nWhy?", "no code"),
}
"""Answers that give no new program, and how the reason begins (empty: any)."""
