"""The engine: the method of the paper (arXiv 2310.02304), one file for each of its words.

================================  ===============================================
word of the paper                 file
================================  ===============================================
Algorithm 1 (STOP)                `algorithm_1`; the steps of a round `round_steps`
utility                           `utility`
meta-utility                      `meta_utility`
adoption                          `adoption`; one improver in force `succession`
archive (ours)                    `archive`; what both are: `improver_population`
an improver at work               `invocation`; its calls `request_handler`, `model_calls`
budgets                           `selftaught.budget`; of a whole run `run_limits`
improver's contract               `selftaught.improver.contract`
seed improver                     ``selftaught/improver/library/seed.py``
================================  ===============================================

The rest compares improvers (`tournament`, `arms`, `costs`, `trajectory`), works on one task
(`task_improvement`, `target_score`), shrinks a winner (`delta_debugging`, `diff`), looks for reward
hacking, and holds it together (`engine`, `journal`, `settings`, `concurrency`).
"""
