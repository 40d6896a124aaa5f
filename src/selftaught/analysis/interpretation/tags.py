"""Tags: the properties that rules give to values."""

from __future__ import annotations

from enum import Enum, auto


class Tag(Enum):
    """A property of a value; what is made of values has their properties.

    The first two are those of `bypass`, all others those of `strategies`.
    """

    UNKNOWN = auto()
    """May be anything besides."""
    SOURCE = auto()
    """A candidate's text, or what was made from it (code, tree, bytes)."""

    INITIAL = auto()
    """Text of the initial solution."""
    CANDIDATE = auto()
    """Text of another program, whoever wrote it."""
    ANSWER = auto()
    """Made by the model."""
    RAW = auto()
    """Words of the model, from which no program was taken."""
    SCORE = auto()
    """A number that `utility` returned, or made of one."""
    COMPARED = auto()
    """The result of comparing scores."""
    OBSERVED = auto()
    """An error message, or what `utility.feedback` said."""
    RANDOM = auto()
    """Depends on a random draw."""
    GENERATOR = auto()
    """A generator of random numbers."""
    DRAW = auto()
    """The result of comparing a random draw with something."""
    ACCEPTS = auto()
    """Such a result, where what the draw is compared with changes from step to step."""
    VARIES = auto()
    """A number that changes from step to step."""
    EXPLORES = auto()
    """The result of comparing what is known of arms, with a bonus or a draw."""
    ROOT = auto()
    """Made with a square root or logarithm."""
    CHOSEN = auto()
    """The one with the highest score."""
    RANKED = auto()
    """A collection in the order of scores."""
    TOP_LIST = auto()
    """The best few of a ranked collection."""
    TOP = auto()
    """One of the best few, each in turn."""
    DRAWN = auto()
    """Taken at random from a collection."""
    POPPED = auto()
    """Taken out of those that wait."""
    ACCEPTED = auto()
    """Became the state by a random draw."""
    LINES = auto()
    """A collection of parts of a text."""
    PART = auto()
    """A part of a program, or of what the model wrote."""
    TREE = auto()
    """A whole syntax tree."""
    TOKEN = auto()
    """A number or token of a program's text."""
    CHARACTERS = auto()
    """A list of a text's characters."""
    EDITED = auto()
    """A text whose characters, numbers or tokens the program edited."""
    SPLICED = auto()
    """A text made of parts of several programs."""
    MANY = auto()
    """A text that holds several candidates."""
    PAIR = auto()
    """A text that holds two members of one collection."""
    SURVIVOR = auto()
    """A text that holds one chosen candidate."""
    ALTERNATIVE = auto()
    """A text whose fixed wording is one of several."""
    HELD = auto()
    """A text composed of others."""
    SINGLE = auto()
    """A pool of one worker."""
    WON = auto()
    """A mark that was set where a comparison of scores was won or lost."""
    OPEN = auto()
    """A collection of those that nobody took yet."""
    CUT_OUT = auto()
    """A few of a collection's parts."""
    LOST = auto()
    """A branch that is taken where a comparison of scores was lost."""
    VOTED = auto()
    """A count of how many candidates agree."""
    NUMBER = auto()
    """A count or place."""


SELECTIONS = frozenset({Tag.CHOSEN, Tag.TOP, Tag.DRAWN, Tag.POPPED, Tag.ACCEPTED})
DATA = frozenset(
    {Tag.INITIAL, Tag.CANDIDATE, Tag.RAW, Tag.SCORE, Tag.OBSERVED, Tag.PART, Tag.COMPARED}
)
PROGRAM = frozenset({Tag.INITIAL, Tag.CANDIDATE})
OF_ANYTHING = frozenset({Tag.UNKNOWN, Tag.SOURCE})
"""What a value has, all that is taken out of it has, whatever else is known of it."""
OF_COLLECTION = frozenset(
    {Tag.RANKED, Tag.TOP_LIST, Tag.LINES, Tag.CHARACTERS, Tag.CUT_OUT, Tag.OPEN}
)
