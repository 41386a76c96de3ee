"""Trains a Hugging Face model on a dataset of `weir indexer mix`, in the order of the mix.

    hf_trainer.py MODEL DATASET OUT STEPS [BATCH]

MODEL is a folder with weights to go on from.  Run again with the same OUT it goes on behind its last checkpoint, and
what it then reads is what `weir indexer resume DATASET --consumed $((steps * batch))` would hold.
"""
import os
import sys

import torch
from transformers import AutoModelForCausalLM, Trainer, TrainingArguments
from transformers.trainer_utils import get_last_checkpoint

import weir


class Sequences(torch.utils.data.Dataset):
    """A map-style dataset of what `weir.Dataset.example` gives."""

    def __init__(self, path):
        self.data = weir.Dataset(path)

    def __len__(self):
        return len(self.data)

    def __getitem__(self, i):
        return self.data.example(i)


def collate(examples):
    """Fills the shorter sequences of a batch up at their ends; what was filled up is not learnt."""
    longest = max(len(e["input_ids"]) for e in examples)
    filled = {"input_ids": 0, "labels": -100, "position_ids": 0}
    return {name: torch.tensor([e[name] + [value] * (longest - len(e[name])) for e in examples])
            for name, value in filled.items()}


class InOrder(Trainer):
    """The mix is shuffled already: a sampler that shuffled it again would lose its exact shares and phases."""

    def _get_train_sampler(self, *_):
        return torch.utils.data.SequentialSampler(self.train_dataset)


def train(model, dataset, out, steps, batch=8, callbacks=()):
    """The trained model; checkpoints every tenth of the steps."""
    settings = TrainingArguments(
        out, max_steps=steps, per_device_train_batch_size=batch, save_steps=max(1, steps // 10), save_total_limit=2,
        learning_rate=1e-3, warmup_steps=steps // 20, logging_steps=1, remove_unused_columns=False, report_to=[],
        use_cpu=not torch.cuda.is_available())
    last = get_last_checkpoint(out) if os.path.isdir(out) else None
    trainer = InOrder(AutoModelForCausalLM.from_pretrained(model, torch_dtype=torch.float32), settings,
                      train_dataset=Sequences(dataset), data_collator=collate, callbacks=list(callbacks))
    trainer.train(resume_from_checkpoint=last)
    return trainer


if __name__ == "__main__":
    model, dataset, out, steps = sys.argv[1:5]
    trainer = train(model, dataset, out, int(steps), *map(int, sys.argv[5:]))
    trainer.save_model(out)
