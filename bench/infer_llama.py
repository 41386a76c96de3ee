"""llama.cpp on the same weights: infer_llama.py FILE.gguf THREADS
The figures of infer_bench, in its form, by the same rules: the best of several goes; one thread: CPU time."""
import ctypes
import sys
import time

import llama_cpp as api

path, threads = sys.argv[1], int(sys.argv[2])
now = time.process_time if threads == 1 else time.perf_counter
quiet = api.llama_log_callback(lambda level, text, data: None)
api.llama_log_set(quiet, None)
api.llama_backend_init()
how = api.llama_model_default_params()
how.n_gpu_layers = 0
model = api.llama_load_model_from_file(path.encode(), how)
how = api.llama_context_default_params()
how.n_ctx, how.n_batch, how.n_ubatch, how.n_seq_max = 8192, 512, 512, 64
if hasattr(how, "kv_unified"):  # else each sequence has 1 / 64 of the positions
    how.kv_unified = True
how.n_threads = how.n_threads_batch = threads
context = api.llama_new_context_with_model(model, how)
batch = api.llama_batch_init(512, 0, 1)
get_vocab = getattr(api, "llama_model_get_vocab", None)
count = api.llama_vocab_n_tokens(get_vocab(model)) if get_vocab else api.llama_n_vocab(model)


def step(tokens):  # (sequence, position, token, wanted)
    batch.n_tokens = len(tokens)
    for i, (sequence, position, token, wanted) in enumerate(tokens):
        batch.token[i] = token
        batch.pos[i] = position
        batch.n_seq_id[i] = 1
        batch.seq_id[i][0] = sequence
        batch.logits[i] = wanted
    if api.llama_decode(context, batch):
        sys.exit("llama_decode failed")
    # What was computed is there for whoever asks; a look at the last makes sure.
    ctypes.cast(api.llama_get_logits(context), ctypes.POINTER(ctypes.c_float))[0]


def token(i):
    return i * 7919 % count


def clear():
    if hasattr(api, "llama_get_memory"):
        api.llama_memory_clear(api.llama_get_memory(context), True)
    else:
        api.llama_kv_cache_clear(context)


def decode(n):
    clear()
    for i in range(16):
        step([(j, i, token(i + j), 0) for j in range(n)])
    best, steps, at = 1e9, 8 if n == 1 else 2, 16
    for _ in range(5):
        start = now()
        for i in range(steps):
            step([(j, at, token(i + j), 1) for j in range(n)])
            at += 1
        best = min(best, (now() - start) / steps)
    return n / best


def prefill():
    best = 1e9
    for _ in range(5):
        clear()
        start = now()
        step([(0, i, token(i), i == 511) for i in range(512)])
        best = min(best, now() - start)
    return 512 / best


for count_of in (1, 2, 4, 8, 16, 64):
    print(f"decode{count_of} {decode(count_of):.2f}")
print(f"prefill {prefill():.2f}")
