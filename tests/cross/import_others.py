"""Writes files as other projects do, from the documents in shown: import_others.py EOD"""
import json
import sys

import numpy

import weir

eod = int(sys.argv[1])
dtype = "<u2" if eod < 65536 else "<u4"
documents = [[]]
for line in open("shown"):
    documents[-1] += map(int, line.split())
    if documents[-1][-1] == eod:
        documents.append([])
assert documents.pop() == [] and len(documents) == 100
flat = numpy.array([i for ids in documents for i in ids], dtype)

numpy.save("np.npy", flat)
numpy.save("np64.npy", flat.astype("<i8"))
whole = flat[:len(flat) // 16 * 16].reshape(-1, 16)
numpy.save("table.npy", whole)
numpy.savetxt("table.want", whole, "%d", " ")

# nanoGPT, data/openwebtext/prepare.py
memmap = numpy.memmap("train.bin", dtype=dtype, mode="w+", shape=(len(flat),))
memmap[:] = flat
memmap.flush()

# llm.c, dev/data/data_common.py: the id that parts documents stands before each
turned = numpy.array([i for ids in documents for i in [eod] + ids[:-1]], dtype)
for k, at in enumerate(range(0, len(turned), 5000)):
    part = turned[at:at + 5000]
    header = numpy.zeros(256, dtype=numpy.int32)
    header[:3] = (20240520, 1, len(part)) if dtype == "<u2" else (20240801, 7, len(part))
    with open("shard_%06d.bin" % k, "wb") as f:
        f.write(header.tobytes())
        f.write(part.tobytes())
with open("turned.want", "w") as f:
    for ids in documents:
        f.write(" ".join(map(str, [eod] + ids[:-1])) + "\n")

# Hugging Face's datasets, Dataset.to_json()
with open("hf.jsonl", "w") as f:
    for ids in documents:
        f.write(json.dumps({"input_ids": ids, "attention_mask": [1] * len(ids)}) + "\n")
if len(sys.argv) > 2:
    import datasets

    datasets.Dataset.from_list([{"input_ids": ids} for ids in documents]).to_json("theirs.jsonl")
    read = datasets.load_dataset("json", data_files="ours.jsonl", split="train")
    assert read["input_ids"] == documents and read["id"][3] == "d3"
    # python/weir.py gives datasets an Arrow table, and that makes a Parquet file
    table = datasets.Dataset.from_generator(weir.Dataset("set").examples, cache_dir="cache")
    table.to_parquet("set.parquet")
    again = datasets.load_dataset("parquet", data_files="set.parquet", split="train", cache_dir="cache")
    assert again["input_ids"] == documents and again["labels"] == documents
    assert again["position_ids"][5] == list(range(len(documents[5])))
try:
    from datatrove.pipeline.tokens.tokenizer import TokenizedFile
except ImportError:
    sys.exit()
theirs = TokenizedFile(".", "theirs.ds", tokenizer_name_or_path="gpt2", save_final_metadata=True,
                       token_size=int(dtype[2]))
for ids in documents:
    theirs.write(ids, None)
theirs.close()
