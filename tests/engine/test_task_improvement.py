from __future__ import annotations

import pytest

from engine.conftest import SEED, MakeSmall, answer, answers, guess, make_task
from selftaught.engine.settings import Caps
from selftaught.engine.task_improvement import TaskImprovement
from selftaught.errors import LimitReached, PromptTooLongError, TaskCodeError
from selftaught.models.scripted import ScriptedModel
from selftaught.ports import ModelRequest
from selftaught.values.digest import digest
from selftaught.values.facts import InvocationFinished, Refused, Responded, UtilityCalled
from selftaught.values.outcome import Status
from selftaught.values.program import Program
from selftaught.values.task import Split

BEST_OF = """
from helpers import extract_code

def improve_algorithm(initial_solution, utility, language_model):
    answers = language_model.prompt("expert", initial_solution + utility.str, n_responses=3)
    return max(extract_code(answers), key=utility)
"""


def improver(body: str) -> Program:
    lines = "\n".join("    " + line for line in body.splitlines())
    return Program(f"def improve_algorithm(initial_solution, utility, language_model):\n{lines}\n")


async def test_the_best_answer_by_utility_is_found(small: MakeSmall) -> None:
    world = small(answers(0.2, 0.9, 0.4))
    single = TaskImprovement(world.engine, world.engine.tasks[0])
    ended = await single.run(Program(BEST_OF))
    assert ended.status == Status.OK
    found = await single.best()
    assert found.program.source == guess(0.9)
    assert found.train == pytest.approx(0.9)
    assert found.returned
    assert await single.test(found.program) == pytest.approx(0.9)
    assert (ended.spent.model_calls, ended.spent.responses, ended.spent.utility_calls) == (1, 3, 3)


async def test_the_seed_is_kept_where_nothing_beats_it(small: MakeSmall) -> None:
    world = small(answers(-5))
    single = TaskImprovement(world.engine, world.engine.tasks[0])
    await single.run(Program(BEST_OF))
    found = await single.best()
    assert found.program.source == SEED
    assert not found.returned


async def test_a_known_score_is_given_again_without_charge(small: MakeSmall) -> None:
    world = small()
    body = "scores = [utility(initial_solution) for _ in range(9)]\nassert len(set(scores)) == 1\n"
    body += "assert utility.uses == 1\nreturn initial_solution"
    single = TaskImprovement(world.engine, world.engine.tasks[0])
    ended = await single.run(improver(body))
    assert (ended.status, ended.detail) == (Status.OK, "")
    assert (ended.spent.utility_calls, ended.spent.reused) == (1, 8)


async def test_calls_past_the_utility_budget_are_refused(small: MakeSmall) -> None:
    world = small()
    body = "found = [utility(initial_solution + '#' * n) for n in range(10)]\n"
    body += "assert found[6:] == [0.0] * 4, found\nreturn initial_solution"
    ended = await TaskImprovement(world.engine, world.engine.tasks[0]).run(improver(body))
    assert (ended.status, ended.detail) == (Status.OK, "")
    assert (ended.spent.utility_calls, ended.spent.refused) == (6, 4)
    assert sum(isinstance(fact, Refused) for fact in world.engine.journal.facts()) == 4


async def test_an_improver_that_does_not_stop_asking_is_ended(small: MakeSmall) -> None:
    world = small()
    body = "n = 0\nwhile True:\n    n += 1\n    utility(str(n))"
    ended = await TaskImprovement(world.engine, world.engine.tasks[0]).run(improver(body))
    assert ended.status == Status.OVER_BUDGET
    assert ended.program is None


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ("raise KeyError('k')", Status.CRASHED, "KeyError"),
        ("return None", Status.WRONG_OUTPUT, "NoneType"),
        ("return 3", Status.WRONG_OUTPUT, "int"),
        ("language_model.prompt('e', 'm', n_responses=4)", Status.CRASHED, "ValueError"),
        ("for _ in range(3): language_model.prompt('e', 'm')", Status.CRASHED, "RuntimeError"),
        ("language_model.prompt('e', 7)", Status.CRASHED, "TypeError"),
    ],
)
async def test_what_improvers_do_wrong_is_data(
    small: MakeSmall, body: str, status: Status, words: str
) -> None:
    world = small()
    single = TaskImprovement(world.engine, world.engine.tasks[0])
    ended = await single.run(improver(body))
    assert ended.status == status
    assert words in ended.detail
    assert (await single.best()).program.source == SEED


async def test_too_many_responses_in_one_call_cost_nothing(small: MakeSmall) -> None:
    world = small()
    body = "try:\n    language_model.batch_prompt('e', ['m'] * 4)\nexcept ValueError:\n    pass\n"
    body += "language_model.prompt('e', 'm')\nlanguage_model.prompt('e', 'm')\n"
    body += "return initial_solution"
    ended = await TaskImprovement(world.engine, world.engine.tasks[0]).run(improver(body))
    assert (ended.status, ended.detail) == (Status.OK, "")
    assert ended.spent.model_calls == 2


async def test_a_batch_comes_back_in_its_order(small: MakeSmall) -> None:
    echo = ScriptedModel(lambda request, sample: f"{request.messages[-1].content}:{sample}")
    world = small(echo)
    body = "texts = language_model.batch_prompt('e', ['b', 'a', 'b'])\n"
    body += "assert texts == ['b:0', 'a:0', 'b:1'], texts\nreturn initial_solution"
    ended = await TaskImprovement(world.engine, world.engine.tasks[0]).run(improver(body))
    assert (ended.status, ended.detail) == (Status.OK, "")


async def test_samples_of_equal_prompts_stay_distinct(small: MakeSmall) -> None:
    count = ScriptedModel(lambda request, sample: str(sample))
    body = "first = language_model.prompt('e', 'm', n_responses=2)\n"
    body += "second = language_model.prompt('e', 'm', n_responses=2)\n"
    body += "assert first + second == ['0', '1', '2', '3']\nreturn initial_solution"
    world = small(count)
    ended = await TaskImprovement(world.engine, world.engine.tasks[0]).run(improver(body))
    assert (ended.status, ended.detail) == (Status.OK, "")


async def test_the_same_program_is_evaluated_once(small: MakeSmall) -> None:
    world = small(answers(0.7))
    single = TaskImprovement(world.engine, world.engine.tasks[0])
    await single.run(Program(BEST_OF))
    await single.best()
    assert len(world.evaluator.asked) == len(set(world.evaluator.asked)) == 2


async def test_a_limit_ends_the_run_with_the_best_so_far(small: MakeSmall) -> None:
    world = small(answers(0.9), caps=Caps(responses=4))
    body = "from helpers import extract_code\nfor _ in range(2):\n"
    body += "    for text in language_model.prompt('e', initial_solution, n_responses=3):\n"
    body += "        utility(extract_code(text))"
    single = TaskImprovement(world.engine, world.engine.tasks[0])
    with pytest.raises(LimitReached, match="responses"):
        await single.run(improver(body))
    assert (await single.best()).program.source == guess(0.9)
    responses = [f for f in world.engine.journal.facts() if isinstance(f, Responded)]
    assert len(responses) == 3


async def test_a_fault_in_the_task_stops_the_run(small: MakeSmall) -> None:
    def broken(inputs: object, key: object, output: object) -> float:
        raise ZeroDivisionError("mine")

    world = small(tasks=(make_task(),))
    task = world.engine.tasks[0]
    faulty = type(task)(**{**vars(task), "score": broken})
    with pytest.raises(TaskCodeError, match="ZeroDivisionError"):
        await TaskImprovement(world.engine, faulty).run(Program(BEST_OF))


async def test_a_finished_run_asks_nobody_again(small: MakeSmall) -> None:
    first = small(answers(0.2, 0.9))
    await TaskImprovement(first.engine, first.engine.tasks[0]).run(Program(BEST_OF))
    before = digest(first.engine.journal.events())

    again = small(ScriptedModel(_unasked), store=first.store)
    ended = await TaskImprovement(again.engine, again.engine.tasks[0]).run(Program(BEST_OF))
    assert ended.program == Program(guess(0.9))
    assert again.evaluator.asked == []
    assert digest(again.engine.journal.events()) == before
    spent = [again.engine.ledger.taken(r) for r in ("responses", "evaluations", "utility_calls")]
    assert spent == [
        first.engine.ledger.taken(r) for r in ("responses", "evaluations", "utility_calls")
    ]


def _unasked(request: object, sample: int) -> str:
    raise AssertionError("asked again")


@pytest.mark.parametrize("cut", range(0, 14))
async def test_a_run_cut_anywhere_ends_like_one_that_was_not(small: MakeSmall, cut: int) -> None:
    asked: list[int] = []

    def reply(request: object, sample: int) -> str:
        asked.append(sample)
        return answer(sample / 10)

    whole = small(ScriptedModel(reply))
    await TaskImprovement(whole.engine, whole.engine.tasks[0]).run(Program(BEST_OF))
    events = whole.engine.journal.events()
    assert len(events) > 10

    part = small(ScriptedModel(reply))
    texts = [whole.store.get(name) for name in whole.store.texts("run")]
    for text in texts:
        part.store.put(text)
    part.store.append("run", events[:cut])
    asked.clear()
    again = small(ScriptedModel(reply), store=part.store)
    await TaskImprovement(again.engine, again.engine.tasks[0]).run(Program(BEST_OF))
    assert digest(again.engine.journal.events()) == digest(events)
    received = sum(isinstance(event.fact, Responded) for event in events[:cut])
    assert len(asked) == 3 - received


async def test_what_is_paid_is_written(small: MakeSmall) -> None:
    world = small(answers(0.1))
    await TaskImprovement(world.engine, world.engine.tasks[0]).run(Program(BEST_OF))
    kinds = [type(fact) for fact in world.engine.journal.facts()]
    counts = [kinds.count(kind) for kind in (Responded, UtilityCalled, InvocationFinished)]
    assert counts == [3, 1, 1]


async def test_the_held_out_split_is_not_looked_at_while_it_works(small: MakeSmall) -> None:
    world = small(answers(0.1))
    await TaskImprovement(world.engine, world.engine.tasks[0]).run(Program(BEST_OF))
    assert not any(Split.TEST.value in instances for _, instances in world.evaluator.asked)


async def test_a_task_of_one_instance_has_no_test_score(small: MakeSmall) -> None:
    task = make_task(instances={Split.TRAIN: 1})
    world = small(tasks=(task,))
    assert await TaskImprovement(world.engine, task).test(task.seed) is None


async def test_a_prompt_over_the_context_fails_its_invocation_only(small: MakeSmall) -> None:
    def brief(request: ModelRequest, sample: int) -> str:
        text = request.messages[-1].content
        if len(text) > 100:
            raise PromptTooLongError("scripted", "too long", len(text), 100)
        return answer(0.5)

    world = small(ScriptedModel(brief))
    single = TaskImprovement(world.engine, world.engine.tasks[0])
    body = "language_model.batch_prompt('e', ['m', 'm' * 101, 'n'])"
    ended = await single.run(improver(body))
    assert ended.status == Status.CRASHED
    assert "RuntimeError" in ended.detail
    assert "1 tokens too many" in ended.detail
    # the rest of the batch was answered and is paid
    facts = list(world.engine.journal.facts())
    assert sum(isinstance(fact, Responded) for fact in facts) == ended.spent.responses == 2
    assert [fact.what for fact in facts if isinstance(fact, Refused)] == ["prompt"]
    assert (await single.best()).program.source == SEED
