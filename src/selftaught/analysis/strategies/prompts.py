"""Prompts: calls of the parties, what they are told and what they give."""

from __future__ import annotations

import ast
from dataclasses import replace

from selftaught.analysis.interpretation.tags import SELECTIONS, Tag
from selftaught.analysis.interpretation.values import (
    NOTHING,
    Arguments,
    Method,
    Party,
    Value,
    collection,
    constant,
    one,
    tagged,
)
from selftaught.analysis.strategies import texts
from selftaught.analysis.strategies.reading import Asked, Scored
from selftaught.analysis.strategies.tracker import Tracker

DEFAULT_TEMPERATURE = 0.7


def attribute(party: Party, name: str) -> Value:
    """Return an attribute of a party."""
    if name in ("prompt", "batch_prompt", "batch", "feedback"):
        return one(Method(one(party), name))
    return tagged(Tag.NUMBER) if name in ("budget", "uses", "max_responses_per_call") else NOTHING


def call(machine: Tracker, name: str, arguments: Arguments) -> Value:
    """Return what a method of a party gives."""
    if name in ("prompt", "batch_prompt"):
        return _ask(machine, arguments, batch=name == "batch_prompt")
    if name == "batch":
        return collection(score(machine, arguments.first.elements(), arguments.node))
    return tagged(Tag.OBSERVED)


def score(machine: Tracker, program: Value, node: ast.AST) -> Value:
    """Return a score."""
    place = (tuple(machine.loops), tuple(machine.stack))
    machine.reading.scored.append(Scored(node, *place, program.flat()))
    return tagged(Tag.SCORE)


def _ask(machine: Tracker, arguments: Arguments, *, batch: bool) -> Value:
    names = ["expertise", "message", "n_responses", "temperature"]
    if batch:
        names = ["expertise", "message_batch", "temperature"]
    given = dict(zip(names, arguments.positional, strict=False)) | arguments.keywords
    message = given.get("message") or given.get("message_batch") or NOTHING
    shown = message.elements().flat() if batch else message.flat()
    expertise = given.get("expertise", NOTHING).flat()
    holes: list[tuple[ast.AST, Value]] = [(ast.Constant(0), expertise), (ast.Constant(1), shown)]
    said = texts.composed(machine, arguments.node, holes)
    if not (shown.tags or shown.refs or expertise.tags):
        said = said.with_tags(Tag.HELD)
    machine.reading.asked.append(
        Asked(
            arguments.node,
            tuple(machine.loops),
            tuple(machine.stack),
            _with_selection(said, shown),
            given.get("temperature", constant(DEFAULT_TEMPERATURE)),
            given.get("n_responses", constant(1)).constants != frozenset({1}),
            batch,
        )
    )
    answer = replace(tagged(Tag.RAW, Tag.ANSWER), words=said.words)
    if said.has(Tag.CANDIDATE):
        answer = answer.with_tags(Tag.SURVIVOR)
    return collection(answer, population=False)


def _with_selection(said: Value, shown: Value) -> Value:
    """Return a message; where it is a candidate and nothing else, its selection counts."""
    marks = shown.tags & SELECTIONS if not shown.has(Tag.HELD) else frozenset()
    return replace(said, tags=said.tags | marks)
