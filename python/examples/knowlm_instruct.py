"""Tunes a model on instructions as KnowLM's are: its template, the loss on answers alone.

    knowlm_instruct.py MODEL TOKENIZER INSTRUCTIONS OUT STEPS [BATCH]

INSTRUCTIONS is a file of weir tokenize --instructions: instruction, input and output a line, or dialogues.  OUT.bin and its
index are made of it once; OUT gets checkpoints and, at the end, the model.
"""
import os
import subprocess
import sys

import hf_trainer


def prepare(tokenizer, instructions, name):
    """A dataset of a sequence an instruction; weir.Dataset.mask() knows the answers."""
    tokens = ["weir", "tokenize", "-q", "--model", tokenizer, "--instructions", "--template", "knowlm", instructions]
    with subprocess.Popen(tokens, stdout=subprocess.PIPE) as p:
        subprocess.run(["weir", "indexer", "-q", "--unit", "document", "-o", name], stdin=p.stdout, check=True)
    if p.returncode:
        raise SystemExit(p.returncode)


if __name__ == "__main__":
    model, tokenizer, instructions, out, steps = sys.argv[1:6]
    if not os.path.exists(out + ".idx"):
        prepare(tokenizer, instructions, out)
    trainer = hf_trainer.train(model, out, out, int(steps), *map(int, sys.argv[6:]))
    trainer.save_model(out)
