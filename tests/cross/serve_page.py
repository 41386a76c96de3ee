"""The page of weir infer serve in a headless Chromium, driven by the DevTools protocol over its pipe: types a
prompt, sees the answer come, presses stop, chats, fills the extraction form, compares.  No console error, no
request to elsewhere.  With a folder as the third argument it keeps screenshots there."""
import json
import os
import subprocess
import sys
import threading
import time
import urllib.request

from browser import Browser


def metric(url, name):
    text = urllib.request.urlopen(url + "/metrics").read().decode()
    return [float(line.split()[1]) for line in text.splitlines() if line.startswith(name + " ")][0]


def ask_for_many(url):
    body = json.dumps({"prompt": "x", "n": 32, "max_tokens": 400, "ignore_eos": True, "temperature": 1}).encode()
    urllib.request.urlopen(url + "/v1/completions", body).read()


def text_of(b, id):
    return b.js(f"document.getElementById('{id}').textContent")


def command_line(instruction, n):
    root = os.environ["SRC"]
    return subprocess.run(["weir", "infer", "-q", "--model", root + "/samples/tiny-model", "--template", "alpaca", "-n", str(n),
                           "-p", instruction], check=True, capture_output=True).stdout.decode()[:-1]


def test_generate(b, url):
    b.until("document.getElementById('models').textContent.includes('tiny-model')")
    b.type("prompt", "Say hello.")
    b.type("param-max_tokens", "24")
    b.shot("1-start")
    b.js("document.getElementById('prompt').focus()")
    b.key("Enter", 13, "\r", modifiers=2)
    b.until("document.getElementById('generate-status').textContent.includes('24 tokens')")
    assert text_of(b, "generate-answer") == command_line("Say hello.", 24), text_of(b, "generate-answer")
    b.shot("2-generated")
    gone = metric(url, "weir_calls_cancelled_total")
    # A quick machine would make all of it before the stop came: it has others to serve.
    others = threading.Thread(target=ask_for_many, args=(url,))
    others.start()
    b.type("param-max_tokens", "400")
    b.js("document.getElementById('param-ignore_eos').click()")
    b.click("#generate .go")
    b.until("document.getElementById('generate-answer').textContent.length > 20")
    b.click("#generate .stop")
    b.until("document.getElementById('generate-status').textContent.includes('stopped')")
    end = time.time() + 20
    while metric(url, "weir_calls_cancelled_total") == gone:
        assert time.time() < end, "a stopped answer is still being made"
    others.join()
    assert len(text_of(b, "generate-answer")) < 2000
    b.click("input[value=plain]")
    assert b.js("document.getElementById('input-part').hidden")
    b.type("param-max_tokens", "8")
    b.js("document.getElementById('param-ignore_eos').click()")
    b.type("prompt", "The lamp")
    b.click("#generate .go")
    b.until("document.getElementById('generate-status').textContent.includes('8 tokens')")
    assert text_of(b, "generate-answer") == ".\n\nAbstract. The", text_of(b, "generate-answer")
    b.type("param-max_tokens", "100000")
    b.click("#generate .go")
    b.until("document.getElementById('alert').textContent.includes('512 positions')")
    b.errors[:] = [e for e in b.errors if "400 (Bad Request)" not in e]  # that was asked for
    b.js("document.getElementById('params-reset').click()")


def test_chat(b):
    b.click("#tab-chat")
    b.type("param-max_tokens", "10")
    for i, text in enumerate(("Hello", "你好")):
        b.type("chat-text", text)
        b.key("Enter", 13, "\r", modifiers=2)
        b.until(f"said.length === {2 * i + 2}")
    assert b.js("[...document.querySelectorAll('#chat-log li')].map((e) => e.className).join()") == "user,assistant,user,assistant"
    b.shot("3-chat")
    b.click("#chat-clear")
    assert b.js("said.length") == 0


def test_extract(b):
    b.click("#tab-extract")
    b.js("document.getElementById('ask-language').value = 'zh'")
    b.click("#extract-example")
    assert b.js("document.getElementById('schema').value.includes('人物')")
    b.click("#extract .go")
    b.until("running === null && document.getElementById('extract-raw').textContent.length > 0")
    assert b.js("!document.getElementById('alert').hidden")  # the tiny model writes no result
    # What a model that can would write.
    text = "document.getElementById('extract-text').value"
    b.js(f"complain(''), showExtraction('NER', {text}, '{{\"人物\":[\"李冰\"],\"地点\":[\"成都平原\",\"岷江\",\"黄河\"],\"组织机构\":[]}}')")
    rows = b.js("[...document.querySelectorAll('#extract-table tr')].slice(1).map((r) => r.textContent)")
    assert rows == ["人物李冰", "地点成都平原", "地点岷江", "地点黄河 (not in the text)"], rows
    marks = b.js("[...document.querySelectorAll('#extract-marked mark')].map((m) => m.firstChild.textContent)")
    assert marks == ["李冰", "成都平原", "岷江"], marks
    b.js("document.getElementById('extract-raw').textContent = '{\"人物\":[\"李冰\"],\"地点\":[\"成都平原\",\"岷江\",\"黄河\"],\"组织机构\":[]}'")
    b.shot("4-extract")
    read = "JSON.stringify(readAnswer('{0}', {1}))"
    for task, answer, rows in (
            ("RE", '{"主持建造":[{"subject":"李冰","object":"都江堰"},{"subject":1}],"x":"NAN"}', [["李冰", "主持建造", "都江堰"]]),
            ("RE", "(李冰,主持建造,都江堰)，（a，b，c）(x)", [["李冰", "主持建造", "都江堰"], ["a", "b", "c"]]),
            ("EE", 'So: {"建造":[{"trigger":"修建","arguments":{"时间":"NAN","建造者":["李冰","a"]}}]}',
             [["建造", "修建", "建造者", "李冰"], ["建造", "修建", "建造者", "a"]]),
            ("NER", "nothing", None), ("NER", '{"a":', None), ("NER", "{}", [])):
        got = json.loads(b.js(read.replace("{0}", task).replace("{1}", json.dumps(answer))))
        assert got == rows, (task, answer, got)
    b.js("document.getElementById('task').value = 'EE', document.getElementById('task').dispatchEvent(new Event('change'))")
    b.click("#extract-example")
    request = b.js("JSON.stringify(extractRequest().body.schema)")
    assert json.loads(request) == [{"event_type": "建造", "trigger": True, "arguments": ["建造者", "时间", "地点"]}], request
    # A price is no pattern of String.replace().
    words = b.js("document.getElementById('task').value = 'NER', document.getElementById('style').value = 'words',"
                 " document.getElementById('schema').value = 'US$$, $&', extractRequest().body.instruction")
    assert '["US$$","$&"]' in words, words
    # Text is never markup.
    bad = "<img src=x onerror=complain(1)>"
    b.js(f"showExtraction('NER', {json.dumps(bad + 'x')}, {json.dumps(json.dumps({bad: [bad]}))})")
    assert b.js("document.querySelectorAll('#extract-result img').length") == 0
    assert text_of(b, "extract-marked") == bad * 2 + "x", text_of(b, "extract-marked")


def test_compare(b, url):
    b.click("#tab-compare")
    b.type("compare-prompt", "Say hello.")
    b.type("param-max_tokens", "20")
    b.click("#compare .go")
    b.until("running === null && document.getElementById('compare-1').textContent.length > 0")
    sides = [text_of(b, "compare-0"), text_of(b, "compare-1")]
    assert sides[0] == command_line("Say hello.", 20) and sides[0] != sides[1], sides
    assert b.js("document.querySelectorAll('#compare .differs').length") >= 1
    b.shot("5-compare")
    # When one of the two is refused the other one is not left running behind a form that says it is done.
    gone = metric(url, "weir_calls_cancelled_total")
    others = threading.Thread(target=ask_for_many, args=(url,))
    others.start()
    b.type("param-max_tokens", "400")
    b.js("document.getElementById('param-ignore_eos').click(), models[1].id = 'nothing', 0")
    b.click("#compare .go")
    b.until("running === null && !document.getElementById('alert').hidden")
    end = time.time() + 20
    while metric(url, "weir_calls_cancelled_total") == gone:
        assert time.time() < end, "the other answer is still being made"
    others.join()
    b.js("models[1].id = 'tiny-model+adapter', document.getElementById('params-reset').click()")
    b.errors[:] = [e for e in b.errors if "404 (Not Found)" not in e]  # that was asked for


def test_layout(b):
    b.js("document.getElementById('tab-generate').focus(), document.getElementById('tab-generate').click()")
    b.key("ArrowRight", 39)
    assert b.js("currentTab()") == "chat"
    b.key("End", 35)
    assert b.js("currentTab()") == "compare"
    b.click("#language")
    assert b.js("document.querySelector('#extract-table th').textContent") == "类型"
    assert b.js("document.documentElement.lang") == "zh-Hans" and "并排" in text_of(b, "tab-compare")
    for width, dark in ((360, False), (360, True), (800, True), (1280, True)):
        b.size(width, 900, dark)
        for tab in ("generate", "chat", "extract", "compare"):
            b.js(f"showTab('{tab}')")
            assert b.js("document.documentElement.scrollWidth <= innerWidth"), (width, tab)
            if tab in ("extract", "generate"):
                b.shot(f"6-{width}-{'dark' if dark else 'light'}-{tab}")
    # Every control has a name, every text of the table is in both languages.
    assert b.js("[...document.querySelectorAll('input,select,textarea,button')].filter((e) => !e.labels?.length &&"
                " !e.textContent.trim() && !e.getAttribute('aria-label')).map((e) => e.id).join()") == ""
    assert b.js("JSON.stringify(Object.keys(words.en)) === JSON.stringify(Object.keys(words.zh))")


url = sys.argv[1]
browser = Browser(sys.argv[2], os.path.join(os.getcwd(), "profile"), *sys.argv[3:])
try:
    browser.size(1280, 900)
    browser.call("Page.navigate", url=url + "/")
    browser.until("document.readyState === 'complete'")
    test_generate(browser, url)
    test_chat(browser)
    test_extract(browser)
    test_compare(browser, url)
    test_layout(browser)
    browser.check(url)
finally:
    browser.close()
