"""A headless Chromium, driven by the DevTools protocol over its pipe: keys, clicks, what the page says, console
errors and requests.  shots: a folder for screenshots, or None."""
import base64
import json
import os
import select
import subprocess
import time


class Browser:
    def __init__(self, program, profile, shots=None):
        self.shots = shots
        to_read, to_write = os.pipe(), os.pipe()

        def keep():  # the browser reads from 3 and writes to 4
            os.dup2(to_read[0], 100)
            os.dup2(to_write[1], 101)
            os.dup2(100, 3)
            os.dup2(101, 4)

        self.process = subprocess.Popen(
            [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
             "--disable-component-update", "--disable-background-networking", "--no-first-run", "--lang=en-US",
             "--remote-debugging-pipe", f"--user-data-dir={profile}", "about:blank"],
            preexec_fn=keep, close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.out, self.into = to_read[1], to_write[0]
        self.rest, self.number, self.session = b"", 0, None
        self.errors, self.urls = [], []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(domain + ".enable")

    def close(self):
        self.process.kill()
        self.process.wait()

    def message(self, limit):
        end = time.time() + limit
        while b"\0" not in self.rest:
            left = end - time.time()
            if left <= 0 or not select.select([self.into], [], [], left)[0]:
                return None
            part = os.read(self.into, 1 << 20)
            assert part, "the browser has ended"
            self.rest += part
        one, self.rest = self.rest.split(b"\0", 1)
        m = json.loads(one)
        p = m.get("params", {})
        if m.get("method") == "Runtime.exceptionThrown":
            self.errors.append(json.dumps(p["exceptionDetails"])[:500])
        elif m.get("method") == "Runtime.consoleAPICalled" and p["type"] in ("error", "warning", "assert"):
            self.errors.append(json.dumps(p["args"])[:500])
        elif m.get("method") == "Log.entryAdded" and p["entry"]["level"] in ("error", "warning"):
            self.errors.append(p["entry"]["text"] + " " + p["entry"].get("url", ""))
        elif m.get("method") == "Network.requestWillBeSent":
            self.urls.append(p["request"]["url"])
        return m

    def call(self, method, **params):
        self.number += 1
        m = {"id": self.number, "method": method, "params": params}
        if self.session:
            m["sessionId"] = self.session
        os.write(self.out, json.dumps(m).encode() + b"\0")
        while True:
            answer = self.message(60)
            assert answer is not None, f"no answer to {method}"
            if answer.get("id") == self.number:
                assert "error" not in answer, (method, answer)
                return answer["result"]

    def js(self, text):
        r = self.call("Runtime.evaluate", expression=text, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in r, (text, r)
        return r["result"].get("value")

    def until(self, text, limit=60):
        end = time.time() + limit
        while not self.js(text):
            assert time.time() < end, f"never true: {text}; alert: {self.js('document.getElementById(`alert`).textContent')}"
            self.message(0.05)

    def key(self, name, code=0, text="", modifiers=0):
        common = dict(key=name, windowsVirtualKeyCode=code, modifiers=modifiers)
        self.call("Input.dispatchKeyEvent", type="keyDown", text=text, **common)
        self.call("Input.dispatchKeyEvent", type="keyUp", **common)

    def type(self, id, text):
        self.js(f"document.getElementById('{id}').focus(), document.getElementById('{id}').select && document.getElementById('{id}').select(), 0")
        self.call("Input.insertText", text=text)

    def click(self, selector):
        box = self.js(f"(() => {{ const e = document.querySelector({json.dumps(selector)}); e.scrollIntoView({{block: 'center'}});"
                      " const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; })()")
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=box[0], y=box[1], button="left", clickCount=1)

    def size(self, width, height, dark=False):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])

    def shot(self, name):
        if self.shots:
            self.js("scrollTo(0, 0)")
            data = self.call("Page.captureScreenshot", captureBeyondViewport=True)["data"]
            with open(os.path.join(self.shots, name + ".png"), "wb") as f:
                f.write(base64.b64decode(data))

    def check(self, url):
        """No console error, and nothing from elsewhere."""
        assert not self.errors, self.errors
        elsewhere = [u for u in self.urls if not u.startswith(url + "/") and not u.startswith("data:") and u != "about:blank"]
        assert not elsewhere, elsewhere
