"""python/examples/hf_trainer.py, unbroken and broken off: python_trainer.py MODEL DATASET"""
import sys

import torch
import transformers

import hf_trainer

STEPS, BATCH, BROKEN = 10, 4, 6
torch.set_num_threads(1)
read = []


class Watched(hf_trainer.Sequences):
    def __getitem__(self, i):
        read.append(i)
        return super().__getitem__(i)


class BreakOff(transformers.TrainerCallback):
    def on_step_end(self, args, state, control, **_):
        control.should_training_stop |= state.global_step == BROKEN


def run(out, callbacks=()):
    read.clear()
    trainer = hf_trainer.train(sys.argv[1], sys.argv[2], out, STEPS, BATCH, callbacks)
    return trainer, read[:]


def is_read(order, first, n):
    """Steps first … n - 1 read their sequences in order; the loader looks one batch ahead."""
    want = list(range(first * BATCH, n * BATCH))
    assert order[order.index(want[0]):][:len(want)] == want and len(order) <= (n + 1) * BATCH, order


hf_trainer.Sequences = Watched
whole, order = run("whole")
is_read(order, 0, STEPS)
losses = [e["loss"] for e in whole.state.log_history if "loss" in e]
assert len(losses) == STEPS and sum(losses[-3:]) < 0.9 * sum(losses[:3]), losses
_, order = run("broken", [BreakOff()])
is_read(order, 0, BROKEN)
resumed, order = run("broken")
is_read(order, BROKEN, STEPS)
for a, b in zip(whole.model.parameters(), resumed.model.parameters()):
    assert torch.equal(a, b)
