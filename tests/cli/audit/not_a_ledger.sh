# What is no ledger line is refused by file and line, whatever is wrong.
. "$SRC/tests/data/audit/ledger.sh"
good() { run dedup a:1 b:2 10 1 0 9; }
try() # what came on standard input
{
    cat >in
    status=0
    weir-audit in 2>err >/dev/null || status=$?
    echo "$status $(cat err)"
}
{ good; echo; echo '{"stage":"dedup"}'; } | try
good | sed 's/"in":{"records":10/"in":{"records":-1/' | try
good | sed 's/"records":10,/"records":1e3,/' | try
good | sed 's/"records":10,/"records":99999999999999999,/' | try
good | sed 's/"xxh128":"./"xxh128":"g/' | try
good | sed 's/"inputs":\[/"inputs":["x",/' | try
good | sed 's/"notes":{/"notes":{"x":"y",/' | try
good | sed 's/"reasons":{/"reasons":{"x":3,/' | try
good | tr -d '\n' | head -c 300 | try
printf '' | try
echo '[]' | try
