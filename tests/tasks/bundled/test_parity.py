from __future__ import annotations

import numpy as np
import pytest

from fakes.tasks import outcome_of
from selftaught.tasks.instances import instance
from selftaught.tasks.registry import find
from selftaught.values.task import InstanceSet, Split

BRUTE_FORCE = """
import itertools
import numpy as np

def solve(train_samples, train_parity, test_samples):
    masks = np.array(list(itertools.product([0, 1], repeat=train_samples.shape[1])))
    agree = ((train_samples @ masks.T) % 2 == train_parity[:, None]).sum(axis=0)
    return (test_samples @ masks[np.argmax(agree)]) % 2
"""


@pytest.mark.parametrize("name", ["parity", "parity_noiseless"])
def test_brute_force_over_all_subsets_labels_everything_right(name: str) -> None:
    outcome = outcome_of(find(name), BRUTE_FORCE, split=Split.TEST)
    assert outcome.score == 1.0


@pytest.mark.parametrize("name", ["parity", "parity_noiseless"])
def test_the_seed_guesses(name: str) -> None:
    task = find(name)
    score = outcome_of(task, task.seed.source, split=Split.TEST).score
    assert score == pytest.approx(0.5, abs=0.06)


@pytest.mark.slow
def test_the_distributions_are_the_papers() -> None:
    """Noise, the share of bits that count and the shapes, from 300 instances."""
    flipped, places = [], []
    for index in range(300):
        (train, labels, test), key = instance(find("parity"), InstanceSet(Split.TEST, 1), index)
        assert (train.shape, labels.shape, test.shape, key.shape) == (
            (100, 10),
            (100,),
            (20, 10),
            (20,),
        )
        assert set(np.unique(train)) <= {0, 1}
        masks = np.array(np.meshgrid(*[[0, 1]] * 10)).reshape(10, -1)
        agree = ((train @ masks) % 2 == labels[:, None]).sum(axis=0)
        best = masks[:, np.argmax(agree)]
        flipped.append(100 - agree.max())
        places.append(best.sum())
    assert np.mean(flipped) == pytest.approx(5, abs=0.5)
    assert np.mean(places) == pytest.approx(3, abs=0.3)


def test_without_noise_one_subset_explains_all_labels() -> None:
    (train, labels, _), _ = instance(find("parity_noiseless"), InstanceSet(Split.TEST, 1), 0)
    masks = np.array(np.meshgrid(*[[0, 1]] * 10)).reshape(10, -1)
    assert ((train @ masks) % 2 == labels[:, None]).all(axis=0).any()


@pytest.mark.parametrize(
    "answer",
    [
        "np.zeros((20, 1))",
        "np.zeros((1, 20))",
        "np.zeros(19)",
        "np.zeros((20, 20))",
        "np.full(20, 2)",
        "np.full(20, 0.5)",
        "np.full(20, -1)",
        "['0'] * 20",
    ],
)
def test_labels_of_another_shape_or_value_are_never_broadcast(answer: str) -> None:
    source = f"import numpy as np\ndef solve(a, b, c):\n    return {answer}\n"
    outcome = outcome_of(find("parity"), source, count=1)
    assert (outcome.status, outcome.score) == ("wrong_output", 0.0)


@pytest.mark.parametrize(
    "answer", ["[0] * 20", "[False] * 20", "np.zeros(20)", "np.zeros(20, bool)"]
)
def test_labels_may_come_as_lists_and_arrays_of_any_number(answer: str) -> None:
    source = f"import numpy as np\ndef solve(a, b, c):\n    return {answer}\n"
    outcome = outcome_of(find("parity"), source, count=1)
    assert outcome.status == "ok"
