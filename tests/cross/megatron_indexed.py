"""Our dataset read by others: megatron_indexed.py PREFIX SHOWN [PART…]

SHOWN is what `weir indexer show PREFIX` printed.  A reader of a few lines, written from the layout
alone, must give the same ids.  Where Megatron's own package is installed its IndexedDataset must too,
and its builder must write the same two files, also when it merges the PARTs.
"""
import array
import filecmp
import struct
import sys


def read(prefix):
    """Documents as lists of sequences as lists of ids."""
    with open(prefix + ".idx", "rb") as f:
        idx = f.read()
    with open(prefix + ".bin", "rb") as f:
        tokens = f.read()
    assert idx[:9] == b"MMIDIDX\0\0"
    version, dtype, n, n_docs = struct.unpack_from("<QBQQ", idx, 9)
    assert version == 1 and len(idx) == 34 + 12 * n + 8 * n_docs
    lengths = struct.unpack_from("<%di" % n, idx, 34)
    pointers = struct.unpack_from("<%dq" % n, idx, 34 + 4 * n)
    docs = struct.unpack_from("<%dq" % n_docs, idx, 34 + 12 * n)
    kind, width = {8: ("H", 2), 4: ("i", 4)}[dtype]
    sequences = []
    for length, at in zip(lengths, pointers):
        ids = array.array(kind)
        ids.frombytes(tokens[at : at + width * length])
        assert len(ids) == length
        sequences.append(ids.tolist())
    assert docs[0] == 0 and docs[-1] == n and sum(lengths) * width == len(tokens)
    return [sequences[a:b] for a, b in zip(docs, docs[1:])], dtype


def compare_with_megatron(prefix, parts, documents, dtype):
    import numpy
    import torch
    from megatron.core.datasets.indexed_dataset import DType, IndexedDataset, IndexedDatasetBuilder

    dataset = IndexedDataset(prefix)
    sequences = [s for d in documents for s in d]
    assert len(dataset) == len(sequences)
    for got, want in zip((dataset[i] for i in range(len(dataset))), sequences):
        assert got.tolist() == want
    ends = numpy.cumsum([0] + [len(d) for d in documents])
    assert dataset.document_indices.tolist() == ends.tolist()

    kind = DType.dtype_from_code(dtype)
    builder = IndexedDatasetBuilder("theirs.bin", dtype=kind)
    for d in documents:
        flat = [i for s in d for i in s]
        builder.add_document(torch.tensor(flat), [len(s) for s in d])
    builder.finalize("theirs.idx")
    merged = IndexedDatasetBuilder("merged.bin", dtype=kind)
    for part in parts:
        merged.add_index(part)
    merged.finalize("merged.idx")
    for ext in (".bin", ".idx"):
        assert filecmp.cmp(prefix + ext, "theirs" + ext, shallow=False), ext
        assert not parts or filecmp.cmp(prefix + ext, "merged" + ext, shallow=False), ext


def main(prefix, shown, *parts):
    documents, dtype = read(prefix)
    with open(shown) as f:
        lines = [[int(w) for w in line.split()] for line in f]
    assert lines == [s for d in documents for s in d]
    try:
        import megatron.core.datasets.indexed_dataset
        import torch
    except ImportError as e:
        print("read without Megatron's own package: %s" % e)
        return
    compare_with_megatron(prefix, parts, documents, dtype)
    print("read by Megatron's IndexedDataset, written the same by its builder")


main(*sys.argv[1:])
