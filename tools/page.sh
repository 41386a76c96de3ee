#!/bin/sh
# page.sh NAME FILE: FILE, with the files of its folder that lines "@include OTHER" name in their place, as
# a C array.
set -eu
name=$1 file=$2
dir=$(dirname "$file")
page=$(awk -v dir="$dir" '/^@include / { f = dir "/" $2; n = 0
                       while ((rc = (getline line < f)) > 0) { print line; n++ }
                       if (rc < 0 || !n) { print "page.sh: cannot read " f >"/dev/stderr"; exit 1 }
                       close(f); next }
     { print }' "$file")
echo "/* Made from $file by tools/page.sh. */"
echo "static const unsigned char ${name}[] = {"
printf '%s\n' "$page" | od -An -v -tu1 | sed 's/[0-9][0-9]*/&,/g'
echo "0};"
