"""Datasets of `weir indexer`, mapped: NAME.bin, NAME.idx, NAME.json and NAME.prov.

    data = weir.Dataset("corpus/mix")
    data[5]                     # ids of a sequence, a view of the file
    data.pieces(5)              # the documents in it, and where they came from
    for ids, mask in data.batches(8, rank=0, world=2, step=1000):
        ...

docs/formats.md describes the files.  Datasets of Megatron itself, without NAME.json, read as well.
"""
import json
import os
from typing import NamedTuple

import numpy as np

_DTYPES = {1: "u1", 4: "<i4", 5: "<i8", 8: "<u2"}  # Megatron's codes


class Piece(NamedTuple):
    """Tokens `first` … `first + tokens - 1` of a document, from token `begin` of the sequence on."""

    id: str
    source: str
    origin: dict
    first: int
    tokens: int
    begin: int


def _map(path, dtype):
    return np.memmap(path, dtype, "r") if os.path.getsize(path) else np.empty(0, dtype)


class Dataset:
    """The sequences of a dataset in their order; a map-style dataset for torch's DataLoader.

    `lengths`, `starts`  tokens of each sequence, its first token in `tokens`
    `documents`          Megatron's document index: sequence at which each begins, and their number
    `manifest`           NAME.json, or {}
    """

    def __init__(self, path):
        self.path = path
        self.manifest = {}
        if os.path.exists(path + ".json"):
            with open(path + ".json", encoding="utf-8") as f:
                self.manifest = json.load(f)
        index = _map(path + ".idx", "u1")
        if bytes(index[:9]) == b"MMIDIDX\0\0":
            self._megatron(index)
        else:
            self._knowlm(index)
        n = int(self.lengths.astype(np.int64).sum())
        if n != len(self.tokens) or (self.lengths < 0).any() or (
                np.cumsum(self.lengths, dtype=np.int64) - self.lengths != self.starts).any():
            raise ValueError(path + ".idx is not of this .bin: weir indexer check")
        self._prov = _Provenance(path, len(self)) if os.path.exists(path + ".prov") else None

    def _megatron(self, index):
        version, n, n_documents = (int(np.frombuffer(index[at:at + 8], "<u8")[0]) if
                                   len(index) >= 34 else -1 for at in (9, 18, 26))
        if version != 1 or len(index) != 34 + 12 * n + 8 * n_documents or index[17] not in _DTYPES:
            raise ValueError(self.path + ".idx: truncated, or no index of tokens")
        self.tokens = _map(self.path + ".bin", _DTYPES[int(index[17])])
        self.lengths = index[34:34 + 4 * n].view("<i4")
        self.starts = index[34 + 4 * n:34 + 12 * n].view("<i8") // self.tokens.itemsize
        self.documents = index[34 + 12 * n:].view("<i8")

    def _knowlm(self, index):
        n, rest = divmod(len(index), 10)
        if rest:
            raise ValueError(self.path + ".idx: neither Megatron's index nor KnowLM's")
        self.tokens = _map(self.path + ".bin", "<u2")
        self.starts = index[:8 * n].view("<i8")
        self.lengths = index[8 * n:].view("<u2").astype(np.int64)
        self.documents = np.arange(n + 1)

    def __len__(self):
        return len(self.lengths)

    def __getitem__(self, i):
        i = range(len(self))[i]
        return self.tokens[self.starts[i]:self.starts[i] + self.lengths[i]]

    def tensor(self, i):
        """Sequence i as torch's int64."""
        import torch

        return torch.from_numpy(self[i].astype(np.int64))

    def pieces(self, i):
        """The pieces of documents in sequence i; needs NAME.prov."""
        if not self._prov:
            raise ValueError(self.path + ".prov is needed")
        return self._prov.pieces(range(len(self))[i])

    def positions(self, i):
        """Position of each token of sequence i in its piece: they start anew where a document does."""
        begins = np.array([p.begin for p in self.pieces(i)] or [0])
        at = np.arange(self.lengths[i])
        return at - begins[np.maximum(np.searchsorted(begins, at, "right") - 1, 0)]

    def mask(self, i):
        """True for tokens to learn; False for padding and for what is asked (known with NAME.prov).

        Of instructions (`weir tokenize --instructions`) the answers are learnt, of other documents all.
        """
        mask = np.ones(self.lengths[i], bool)
        for p in self.pieces(i) if self._prov else ():
            if "answers" in p.origin:
                mask[p.begin:p.begin + p.tokens] = False
                for start, end in p.origin["answers"]:
                    start, end = max(start, p.first), min(end, p.first + p.tokens)
                    mask[p.begin + start - p.first:max(p.begin + end - p.first, 0)] |= start < end
        if self._prov and self.manifest.get("pad") is not None:
            end = max((p.begin + p.tokens for p in self.pieces(i)), default=0)
            ids, eod = self[i], self.manifest["eod"]
            mask[end + int(eod is not None and end < len(ids) and int(ids[end]) == eod):] = False
        return mask

    def example(self, i):
        """Sequence i for a causal language model of Hugging Face's: lists of whole numbers.

        labels are the ids, -100 for padding; position_ids start anew at each document.
        """
        mask, ids = self.mask(i), self[i].astype(np.int64)
        positions = self.positions(i) if self._prov else np.arange(len(ids))
        return {"input_ids": ids.tolist(), "labels": np.where(mask, ids, -100).tolist(),
                "position_ids": positions.tolist()}

    def examples(self):
        """All of them: datasets.Dataset.from_generator(data.examples) makes them an Arrow table."""
        return map(self.example, range(len(self)))

    def batches(self, size, rank=0, world=1, step=0, tensors=False):
        """From step on, what rank reads: (ids, mask), both (size, longest), int64 and bool.

        Step s reads sequences s * world * size …, `size` of them a rank, so that after s steps
        `weir indexer resume --consumed` s * world * size is the rest.  Shorter sequences are filled
        up with the padding id, or 0; what does not fill a step of all ranks at the end is left out.
        """
        for s in range(step, len(self) // (size * world)):
            rows = range((s * world + rank) * size, (s * world + rank + 1) * size)
            longest = max(int(self.lengths[i]) for i in rows)
            ids = np.full((size, longest), self.manifest.get("pad") or 0, np.int64)
            mask = np.zeros((size, longest), bool)
            for k, i in enumerate(rows):
                ids[k, :self.lengths[i]] = self[i]
                mask[k, :self.lengths[i]] = self.mask(i)
            if tensors:
                import torch

                ids, mask = torch.from_numpy(ids), torch.from_numpy(mask)
            yield ids, mask


class _Provenance:
    def __init__(self, path, n):
        self.file = _map(path + ".prov", "u1")
        end = len(self.file) - 40
        version = self.file[7] - ord("0") if bytes(self.file[:7]) == b"WEIRPRV" else 0
        if end < 16 or version not in (1, 2) or bytes(self.file[-8:]) != b"WEIRPEND":
            raise ValueError(path + ".prov: truncated, or of another version")
        documents_bytes, n_documents, n_sequences = map(int, self._numbers(end, 3))
        places = 16 + documents_bytes
        pieces = places + 8 * n_documents
        n_pieces, row = (n, 16) if version == 1 else (int(self._numbers(end - 8, 1)[0]), 24)
        firsts = pieces + row * n_pieces
        behind = 0 if version == 1 else 8 * (n + 1) + 8
        if n_sequences != n or firsts + behind != end:
            raise ValueError(path + ".prov is not of this dataset")
        self.places = self._numbers(places, n_documents)
        self.rows = self.file[pieces:firsts].reshape(n_pieces, row)
        self.firsts = range(n + 1) if version == 1 else self._numbers(firsts, n + 1)

    def _numbers(self, at, n):
        return self.file[at:at + 8 * n].view("<u8")

    def pieces(self, i):
        return [self._piece(self.rows[k]) for k in range(int(self.firsts[i]), int(self.firsts[i + 1]))]

    def _piece(self, row):
        first, tokens = map(int, row[8:16].view("<u4"))
        begin = int(row[16:20].view("<u4")[0]) if len(row) == 24 else 0
        at = 16 + int(self.places[int(row[:8].view("<u8")[0])])
        texts, text_at = [], at + 16
        for n in map(int, self.file[at:at + 12].view("<u4")):
            texts.append(bytes(self.file[text_at:text_at + n]).decode())
            text_at += n
        origin = json.loads(texts[2]) if texts[2] else {}
        return Piece(texts[0], texts[1], origin, first, tokens, begin)
