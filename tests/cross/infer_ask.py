"""Asks build/tests/infer_ask, the engine, what tests/cross compare with other implementations."""
import os
import subprocess

import torch


class Ask:
    def __init__(self, model, adapter=None):
        command = [os.environ["BUILD"] + "/tests/infer_ask", model] + ([adapter] if adapter else [])
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def line(self, *words):
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError("infer_ask ended")
        return answer

    def logits(self, ids):
        flat = torch.tensor([float(x) for x in self.line("logits", *ids).split()])
        return flat.reshape(len(ids), -1)

    def warp(self, ids, repetition, temperature, top_k, top_p):
        """{id: share} of the tokens that may follow."""
        words = self.line("warp", repetition, temperature, top_k, top_p, *ids).split()
        return {int(w.split(":")[0]): float(w.split(":")[1]) for w in words}

    def gen(self, ids, new, beams=1, length_penalty=1.0, early=0, generated=0, repetition=1.0):
        """[(score, ids)] best first."""
        words = self.line("gen", new, beams, length_penalty, early, generated, repetition, *ids)
        return [(float(r.split()[0]), [int(x) for x in r.split()[1:]]) for r in words.split("|")]

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def far(got, want):
    """The largest difference, relative to the largest number."""
    return ((got - want).abs().max() / want.abs().max()).item()
