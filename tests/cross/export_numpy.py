"""Exports of a dataset against what `weir indexer show` printed: export_numpy.py PREFIX SHOWN EOD"""
import csv
import glob
import gzip
import math
import sys

import numpy


def metric(n):  # humanize.metric(n, unit="T"), its number and its prefix
    exponent = int(math.floor(math.log10(n))) if n else 0
    value = n / 10 ** (exponent // 3 * 3)
    return "%.*f %sT" % (2 - exponent % 3, value, ["", "k", "M", "G"][exponent // 3])


def shards():  # as llm.c's DataLoader and dev/data/data_common.py understand them
    parts = []
    for path in sorted(glob.glob("c_*.bin")):
        header = numpy.fromfile(path, "<i4", count=256)
        dtype = {(20240520, 1): "<u2", (20240801, 7): "<u4"}[tuple(header[:2].tolist())]
        tokens = numpy.fromfile(path, dtype, offset=1024)
        assert header[2] == len(tokens) and not header[3:].any()
        parts.append(tokens)
    assert all(len(p) == 777 for p in parts[:-1]) and 0 < len(parts[-1]) <= 777
    return numpy.concatenate(parts)


shown, eod = sys.argv[2], int(sys.argv[3])
sequences = [list(map(int, line.split())) for line in open(shown)]
tokens = numpy.array([i for s in sequences for i in s])
starts = numpy.cumsum([0] + [len(s) for s in sequences])
ends = numpy.flatnonzero(tokens == eod) + 1

flat = numpy.load("n.npy", mmap_mode="r", allow_pickle=False)
assert flat.dtype == (numpy.uint16 if eod < 65536 else numpy.int32)
assert numpy.array_equal(flat, tokens)
assert numpy.array_equal(numpy.load("n.sequences.npy", allow_pickle=False), starts)
assert numpy.array_equal(numpy.load("n.documents.npy", allow_pickle=False), [0, *ends])
assert numpy.array_equal(shards(), tokens)
assert numpy.array_equal(numpy.fromfile("d.ds", "<u2" if eod < 65536 else "<u4"), tokens)
assert numpy.array_equal(numpy.fromfile("d.ds.index", "<u8"), ends)
name, count, human = open("d.ds.metadata").read().split("\n")
assert name.endswith("|2" if eod < 65536 else "|4") and int(count) == len(tokens)
assert human == metric(len(tokens)), human

assert numpy.array_equal(numpy.memmap("m.npy", "<u2" if eod < 65536 else "<u4", "r"), tokens)
with gzip.open("m.csv.gz", "rt", newline="") as f:
    rows = list(csv.reader(f))
assert [int(r[0]) for r in rows] == [0, *ends[:-1]] and [int(r[1]) for r in rows] == ends.tolist()
assert all(len(r) == 5 for r in rows) and len({r[2] for r in rows}) == len(ends)
