# stdin: weir tokenize --json; argv: tokenizer.json, documents.  Every document's ids must be those of tokenizers.
import json, sys
from itertools import islice
from tokenizers import Tokenizer

reference = Tokenizer.from_file(sys.argv[1])
documents = (d for d in map(json.loads, open(sys.argv[2])) if d["text"])
while batch := list(islice(documents, 200)):
    for d, e in zip(batch, reference.encode_batch_fast([d["text"] for d in batch], add_special_tokens=False)):
        ours = json.loads(sys.stdin.readline())
        if ours["id"] != d["id"] or [i for unit in ours["units"] for i in unit] != e.ids:
            sys.exit("%s: ids differ" % d["id"])
sys.exit(sys.stdin.readline() != "")
