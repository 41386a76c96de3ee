# JSON Lines with content and path, by the same rules; other members pass through.
printf '%s\n' '{"path":"a/b.rs","content":"fn main() {}\n","repo_name":"x/y","license":"MIT","lang":"Rust"}' \
    '' '{"path":"c.min.js","content":"x"}' \
    '{"path":"notes.md","content":"The cat sat on the mat with the dog.\n","id":7}' \
    '{"path":"d.c","content":"/* SPDX-License-Identifier: ISC */\nint x;\n","license":"other"}' \
    '{"path":"e.c","content":""}' '{"path":"f","content":"?"}' >in.jsonl
printf '{"path":"g.py","content":"print(1)"}' >>in.jsonl # no newline at the end
weir ingest --from github -q --rejects out.rej in.jsonl
sed 's/.*"reason":"\([^"]*\)".*"line":\([0-9]*\).*/\1 line \2/' out.rej
gzip -c in.jsonl | weir ingest --from github -q - | wc -l | tr -d ' '
code=0
printf '{"path":"a.c"}\n' | weir ingest --from github -o x.jsonl 2>err || code=$?
echo "exit $code: $(head -n 1 err)"
code=0
printf 'hello\n' | weir ingest --from github -o x.jsonl 2>err || code=$?
echo "exit $code: $(head -n 1 err)"
