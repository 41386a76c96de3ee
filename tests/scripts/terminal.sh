# weir infer -i on a terminal: lines are edited, kept in a history of the user's own, and called back from it;
# Ctrl-C leaves a line; the answers alone go to standard output.
set -eu
command -v script >/dev/null 2>&1 || { echo "no script(1)"; exit 77; }
# script(1) runs its command in $SHELL, and a shell that waited for the program would take the Ctrl-C for its own
export XDG_STATE_HOME=$PWD/state HOME=$PWD TERM=xterm SHELL=/bin/sh
run="exec weir infer --model $SRC/samples/tiny-model -i --template plain -n 8"
keys() # once the first prompt is there; with a pause after each, as long as a machine under load may need for an answer
{
    n=0
    until grep -q '> ' typescript 2>/dev/null || [ $((n += 1)) = 300 ]; do sleep 0.1; done
    for k in "$@"; do printf '%b' "$k"; sleep 1; done
}
keys 'The lamq\0177p\n' 'given up\003' '/params beams 1\n' '\004' | script -qefc "$run >answers" typescript >/dev/null
weir infer -q --model "$SRC/samples/tiny-model" -n 8 -p 'The lamp' | cmp - answers
sed 1d state/weir/infer_history
[ "$(stat -c %a state/weir/infer_history)" = 600 ]
rm typescript
keys '\033[A\033[A\n' '\004' | script -qefc "$run >again" typescript >/dev/null
cmp answers again
[ "$(sed 1d state/weir/infer_history | grep -c 'The.040lamp')" = 2 ]
