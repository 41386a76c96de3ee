# Sourced: serve ARG… starts weir infer serve, start_server PROGRAM ARG… a program, and sets $url; it ends with the test.  ask METHOD PATH … asks it,
# with what differs from run to run made the same.
serve() { start_server infer serve "$@"; }
start_server()
{
    rm -f url
    weir "$@" --port 0 >url 2>serve.err &
    server=$!
    trap 'kill "$server" 2>/dev/null' EXIT
    n=0
    until [ -s url ]; do
        kill -0 "$server" 2>/dev/null && [ $((n += 1)) -lt 600 ] || { cat serve.err; exit 1; }
        sleep 0.05
    done
    url=$(cat url)
}
ask() { "$BUILD/tests/http_ask" "$url" "$@" | sed -E 's/"(gen|cmpl|chatcmpl)-[0-9a-f]+"/"ID"/g; s/"created":[0-9]+/"created":0/g'; }
post() { path=$1 body=$2; shift 2; ask POST "$path" -d "$body" "$@"; }
stop()
{
    kill "$server"
    rc=0
    wait "$server" || rc=$?
    trap - EXIT
    [ "$rc" = 0 ] || { echo "the server ended with $rc"; cat serve.err; exit 1; }
}
