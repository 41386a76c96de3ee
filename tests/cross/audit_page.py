"""The page of weir audit --serve in a headless Chromium: the funnel, dropped records with what the rule hit, twins side
by side, sequences token by token, a token's source."""
import json
import os
import sys

from browser import Browser

url = sys.argv[1]
b = Browser(sys.argv[2], os.path.join(os.getcwd(), "profile"), *sys.argv[3:])
group = "[...document.querySelectorAll('#groups button')].find((e) => e.textContent.includes(%s))"


def show(reason):
    b.js(f"document.getElementById('samples').replaceChildren(), {group % json.dumps(reason)}.click()")
    b.until("document.querySelectorAll('#samples article').length > 0")


try:
    b.size(1280, 900)
    b.call("Page.navigate", url=url + "/")
    b.until("document.readyState === 'complete' && document.querySelectorAll('.tokens button').length > 0")
    captions = b.js("[...document.querySelectorAll('caption')].map((c) => c.textContent)")
    for want in ("Records", "Dropped by filters", "Dropped by dedup", "Tokens by source", "Lengths of sequences"):
        assert want in captions, captions

    show("near-duplicate")
    sides = b.js("[...document.querySelectorAll('.pair')][0].innerText")
    assert "dropped: " in sides and "kept: " in sides, sides
    text = lambda side: f"[...document.querySelectorAll('.pair')[0].querySelectorAll('.text')][{side}]"
    raw = json.loads(b.js("fetch('samples?group=' + [...document.querySelectorAll('#groups button')].indexOf(" +
                          group % "'near-duplicate'" + ")).then((r) => r.text())"))["samples"][0]
    assert b.js(text(0) + ".textContent") == raw["drop"]["record"]["text"]
    assert b.js(text(1) + ".textContent") == raw["kept"]["text"]
    # What is not marked is the same on both sides.
    plain = "[...%s.childNodes].filter((n) => n.nodeType === 3).map((n) => n.textContent).join('')"
    assert b.js(plain % text(0)) == b.js(plain % text(1)) != raw["kept"]["text"]
    b.shot("audit-1-pair")

    show("harmful")
    marks = b.js("[...document.querySelectorAll('#samples mark')].map((m) => m.textContent)")
    drop = json.loads(b.js("fetch('samples?group=' + [...document.querySelectorAll('#groups button')].indexOf(" +
                           group % "'harmful'" + ")).then((r) => r.text())"))["samples"][0]["drop"]
    found = {t.get("found", t["term"]) for t in drop["terms"]}
    assert marks and set(marks) <= found, (marks, found)
    assert b.js("JSON.stringify(hits({removed: [[3, 6]]}, '一二三'))") == '[["一",0],["二",1],["三",0]]'
    assert b.js("JSON.stringify(hits({ngram: 'b c'}, 'a b c d'))") == '[["a ",0],["b c",1],[" d",0]]'

    assert b.js("document.querySelector('.tokens').textContent.length") > 20
    b.type("token", "130")
    b.js("document.getElementById('trace-form').requestSubmit()")
    b.until("document.querySelectorAll('.tokens [aria-pressed=true]').length === 1")
    chosen = b.js("document.querySelector('.tokens [aria-pressed=true]').title")
    assert chosen.startswith("token 130,"), chosen
    assert "baike.jsonl" in b.js("document.querySelector('#shown article').textContent")
    assert b.js("document.querySelector('#shown article .text').textContent").startswith('{"title"')
    b.shot("audit-2-trace")
    b.click("#behind")
    b.until("document.getElementById('sequence').value === '2'")
    b.type("token", "99999999")
    b.js("document.getElementById('trace-form').requestSubmit()")
    b.until("!document.getElementById('data-alert').hidden")
    b.errors[:] = [e for e in b.errors if "404 (Not Found)" not in e]  # that was asked for
    for width, dark in ((360, False), (900, True)):
        b.size(width, 900, dark)
        assert b.js("document.documentElement.scrollWidth <= innerWidth"), width
        b.shot(f"audit-3-{width}")
    # A server that is gone is said, not passed over.
    b.js("get = async () => { throw new Error('gone') }, document.querySelector('#groups button').click()")
    b.until("document.getElementById('samples').textContent === 'gone'")
    b.check(url)
finally:
    b.close()
