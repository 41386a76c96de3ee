"""Batches of a Megatron run over a dataset of `weir indexer`, by Megatron core's own GPTDataset.

    megatron_gpt.py DATASET LENGTH SAMPLES [CONSUMED [SEED]]

prints the first tokens of each sample from number CONSUMED on.  Megatron joins all sequences and cuts them into samples
of LENGTH tokens in an order of its own, by SEED: shares of a mix stay, its order does not.  What such a run has left is

    weir indexer resume DATASET --order megatron -n LENGTH --samples SAMPLES --consumed CONSUMED --seed SEED -o REST

Megatron stores the index that it builds in a folder beside the dataset, or in the one that WEIR_MEGATRON_CACHE names.
"""
import os
import sys

from megatron.core.datasets.blended_megatron_dataset_builder import BlendedMegatronDatasetBuilder
from megatron.core.datasets.gpt_dataset import GPTDataset, GPTDatasetConfig

import weir


class Tokenizer:
    """What GPTDataset asks of a tokenizer; Megatron names its cached index by unique_identifiers."""

    def __init__(self, manifest):
        self.eod = manifest["eod"] if manifest.get("eod") is not None else -1
        self.vocab_size = manifest["tokenizer"]["vocab_size"]
        self.unique_identifiers = {"sha256": manifest["tokenizer"]["sha256"]}


def samples(dataset, length, n, seed=1234):
    """GPTDataset of n samples; the sequences of DATASET are its documents, all of them for training."""
    config = GPTDatasetConfig(
        random_seed=seed, sequence_length=length, blend=([dataset], None), split="100,0,0",
        tokenizer=Tokenizer(weir.Dataset(dataset).manifest), path_to_cache=os.environ.get("WEIR_MEGATRON_CACHE"),
        reset_position_ids=False, reset_attention_mask=False, eod_mask_loss=False)
    return BlendedMegatronDatasetBuilder(GPTDataset, [n, 0, 0], lambda: True, config).build()[0]


if __name__ == "__main__":
    path = sys.argv[1]
    length, n, consumed, seed = [int(a) for a in sys.argv[2:]] + [0, 1234][len(sys.argv) - 4:]
    data = samples(path, length, n, seed)
    for i in range(consumed, n):
        print(i, *data[i]["tokens"][:12].tolist())
