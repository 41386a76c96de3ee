"""OpenAI's client asks weir infer serve for everything that the two APIs have in common."""
import asyncio
import json
import os
import subprocess
import sys
import urllib.request

import openai

url = sys.argv[1]
client = openai.OpenAI(base_url=url + "/v1", api_key="secret", max_retries=0)


def line(*args):
    out = subprocess.run(["weir", "infer", "-q", "--model", os.environ["SRC"] + "/samples/tiny-model", *args],
                         check=True, capture_output=True)
    return out.stdout.decode()[:-1]


def status_of(make):
    try:
        make()
    except openai.APIStatusError as e:
        return type(e), e.status_code, e.body["message"]
    return None


models = client.models.list().data
assert [m.id for m in models] == ["tiny-model"], models

c = client.completions.create(model="tiny-model", prompt="The lamp", max_tokens=12, temperature=0, logprobs=3)
assert c.choices[0].text == line("-n", "12", "-p", "The lamp")
assert c.choices[0].finish_reason == "length" and c.usage.completion_tokens == 12
p = c.choices[0].logprobs
assert "".join(p.tokens) == c.choices[0].text and len(p.token_logprobs) == 12
assert all(max(top.values()) == top[t] == lp for t, top, lp in zip(p.tokens, p.top_logprobs, p.token_logprobs))
assert p.text_offset == [sum(map(len, p.tokens[:i])) for i in range(12)]

c = client.completions.create(model="tiny-model", prompt=["The lamp", "纸"], n=2, seed=9, max_tokens=20)
assert [x.index for x in c.choices] == [0, 1, 2, 3]
assert c.choices[0].text == line("-n", "20", "-p", "The lamp", "--sample", "--seed", "9")
assert c.choices[2].text == line("-n", "20", "-p", "纸", "--sample", "--seed", "9")
assert c.choices[0].text != c.choices[1].text
again = client.completions.create(model="tiny-model", prompt=["The lamp", "纸"], n=2, seed=9, max_tokens=20)
assert [x.text for x in again.choices] == [x.text for x in c.choices]

# Chinese at a high temperature: byte tokens come one by one, characters come whole.
whole = client.completions.create(model="tiny-model", prompt="纸", max_tokens=300, temperature=50, seed=4, logprobs=0)
parts = list(client.completions.create(model="tiny-model", prompt="纸", max_tokens=300, temperature=50, seed=4, logprobs=0,
                                       stream=True, stream_options={"include_usage": True}))
assert "".join(x.choices[0].text for x in parts if x.choices) == whole.choices[0].text
tokens = [t for x in parts if x.choices and x.choices[0].logprobs for t in x.choices[0].logprobs.tokens]
assert tokens == whole.choices[0].logprobs.tokens
assert any(t.startswith("bytes:") for t in tokens)
assert parts[-1].usage == whole.usage and not parts[-1].choices

talk = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello"},
        {"role": "assistant", "content": "Hi."}, {"role": "user", "content": [{"type": "text", "text": "And now?"}]}]
c = client.chat.completions.create(model="tiny-model", messages=talk, max_completion_tokens=15, temperature=0, logprobs=True,
                                   top_logprobs=2)
answer = c.choices[0].message
assert answer.role == "assistant" and c.usage.completion_tokens == 15
entries = c.choices[0].logprobs.content
assert bytes(b for e in entries for b in e.bytes).decode() == answer.content
assert all(len(e.top_logprobs) == 2 and e.top_logprobs[0].logprob == e.logprob for e in entries)
said = ""
for x in client.chat.completions.create(model="tiny-model", messages=talk, max_completion_tokens=15, temperature=0, stream=True):
    said += x.choices[0].delta.content or ""
assert said == answer.content

beams = client.completions.create(model="tiny-model", prompt="The lamp", max_tokens=12, n=3, extra_body={"beams": 3})
assert beams.choices[0].text == line("-n", "12", "-p", "The lamp", "--beams", "3")
stop = client.completions.create(model="tiny-model", prompt="The lamp", max_tokens=40, temperature=0, stop=["ract", "zzz"])
assert stop.choices[0].text == line("-n", "40", "-p", "The lamp", "--stop", "ract") and stop.choices[0].finish_reason == "stop"
free = client.completions.create(model="tiny-model", prompt="The lamp", max_tokens=60, temperature=0)
less = client.completions.create(model="tiny-model", prompt="The lamp", max_tokens=60, temperature=0, frequency_penalty=2, presence_penalty=2)
distinct = lambda text: len(set(text.split())) / len(text.split())
assert distinct(less.choices[0].text) > distinct(free.choices[0].text)

assert status_of(lambda: client.completions.create(model="gpt", prompt="x"))[:2] == (openai.NotFoundError, 404)
bad = status_of(lambda: client.completions.create(model="tiny-model", prompt="x", temperature=-1))
assert bad[:2] == (openai.BadRequestError, 400) and "temperature" in bad[2]
other = openai.OpenAI(base_url=url + "/v1", api_key="wrong", max_retries=0)
assert status_of(lambda: other.models.list())[:2] == (openai.AuthenticationError, 401)


async def many():
    """Answers do not depend on what runs beside them."""
    a = openai.AsyncOpenAI(base_url=url + "/v1", api_key="secret", max_retries=5)
    answers = await asyncio.gather(*(a.completions.create(model="tiny-model", prompt="The lamp", max_tokens=30, seed=i % 5)
                                     for i in range(60)))
    for i, x in enumerate(answers):
        assert x.choices[0].text == answers[i % 5].choices[0].text, i
    await a.close()


asyncio.run(many())

body = json.dumps({"instruction": "Say hello.", "input": "", "parameters": {"max_tokens": 12, "temperature": 0}}).encode()
request = urllib.request.Request(url + "/generate", body, {"Authorization": "Bearer secret"})
got = json.load(urllib.request.urlopen(request))
assert got == {"generated_text": line("--template", "alpaca", "-n", "12", "-p", "Say hello."), "num_output_tokens_cf": 12,
               "error": None}, got
