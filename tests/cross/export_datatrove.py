"""Writes theirs.ds with datatrove from the ids in shown, and reads d.ds with it: export_datatrove.py EOD"""
import json
import sys

import numpy
from datatrove.pipeline.tokens.merger import get_data_reader, load_doc_ends
from datatrove.pipeline.tokens.tokenizer import TokenizedFile

eod = int(sys.argv[1])
size = 2 if eod < 65536 else 4
documents = [[]]
for line in open("shown"):
    documents[-1] += map(int, line.split())
    if documents[-1][-1] == eod:
        documents.append([])
assert documents.pop() == [] and len(documents) == 100

name = "sha256:" + json.load(open("set.json"))["tokenizer"]["sha256"]
theirs = TokenizedFile(".", "theirs.ds", tokenizer_name_or_path=name, save_final_metadata=True, token_size=size)
for ids in documents:
    theirs.write(ids, None)
theirs.close()

ends = load_doc_ends(open("d.ds.index", "rb"))
for ids, read in zip(documents, get_data_reader(open("d.ds", "rb"), ends, nb_bytes=size)):
    assert numpy.frombuffer(read, "<u%d" % size).tolist() == ids
assert len(ends) == len(documents)
