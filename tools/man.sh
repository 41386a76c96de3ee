#!/bin/sh
# man.sh PAGE.in PROGRAM: the page with @OPTIONS@ replaced by what the program's own table says.
set -eu
{ ! grep -qx '@OPTIONS@' "$1" || "$2" --help-roff; } | awk -v page="$1" -v version="$(cat VERSION)" '
    { options = options $0 "\n" }
    END {
        while ((getline line < page) > 0) {
            if (line == "@OPTIONS@") { printf "%s", options; continue }
            gsub(/@VERSION@/, version, line)
            print line
        }
    }'
