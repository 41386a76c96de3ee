# Sourced: a Python with torch, as $base: Debian's python3-torch is release 1.13.1, whose files Weir writes.
# Ends the test as skipped where there is none.
base=
for python in python3 /usr/bin/python3; do
    if "$python" -c 'import torch, numpy' 2>/dev/null; then base=$python && break; fi
done
[ -n "$base" ] || { echo "no torch: apt-get install python3-torch"; exit 77; }
