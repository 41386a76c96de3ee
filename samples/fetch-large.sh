#!/bin/sh
# Real text for "make demo-large": Debian packages with much Chinese, English and code, downloaded and
# unpacked into a folder (nothing is installed), man pages and HTML turned into plain text.
#   fetch-large.sh DIR        fills DIR/raw, once
set -eu
mkdir -p "$1"
dir=$(cd "$1" && pwd)
[ ! -e "$dir/raw" ] || exit 0
say() { echo "demo-large: $*" >&2; }
for t in apt-get dpkg man; do
    command -v $t >/dev/null || { say "needs $t, that is, a Debian machine"; exit 1; }
done
mkdir -p "$dir/deb"
new=$dir/raw.new x=$dir/unpacked
rm -rf "$new" "$x"
mkdir -p "$new" "$x"

download() # PACKAGE: into $dir/deb, unless it is there
{
    set -- "$1" "$dir/deb/$1"_*.deb
    [ ! -e "$2" ] || return 0
    say "downloading $1"
    (cd "$dir/deb" && apt-get download -qq "$1" >apt.log 2>&1)
}

if ! download manpages-zh; then
    # Package lists may be missing or old; only root may fetch them.
    if [ "$(id -u)" = 0 ]; then apt-get update -qq >/dev/null 2>&1 || true; fi
    if ! download manpages-zh; then
        cat "$dir/deb/apt.log" >&2
        say "no package could be downloaded.  Is there a network, and was 'apt-get update' run?"
        exit 1
    fi
fi
for p in debian-reference-zh-cn debian-faq-zh-cn maint-guide-zh-cn libreoffice-help-zh-cn \
    manpages manpages-dev debian-reference-en debian-policy python3.11-doc libpython3.11-stdlib; do
    download $p || say "$p is not to be had here: done without it"
done
for f in "$dir"/deb/*.deb; do dpkg -x "$f" "$x"; done

# Man pages: as wide as a paragraph, without man's indentation, header, footer and wide tables.
say "turning man pages and HTML into text"
LC_ALL=C.UTF-8 MANWIDTH=4000
export LC_ALL MANWIDTH
pages() # FROM TO: a folder of text for each section
{
    [ -d "$1" ] || return 0
    (cd "$1" && find . -name '*.gz' -size +1k | LC_ALL=C sort) | to=$new/$2 from=$1 \
        xargs -r -n 16 -P "$(nproc)" sh -c 'for f; do
            t=$to/${f%/*}; mkdir -p "$t"; f=${f#./}
            man --no-justification --no-hyphenation -l "$from/$f" 2>/dev/null |
                sed "1d;\$d;/[─═]\{8\}/d;s/^       //;s/  *\$//;s/\([^ ]\)   */\1  /g" | cat -s >"$t/$(basename "$f" .gz).txt" || exit 255
        done' sh
}
pages "$x/usr/share/man/zh_CN" man_zh/CN
pages "$x/usr/share/man/zh_TW" man_zh/TW
for s in 1 2 3 4 5 6 7 8; do pages "$x/usr/share/man/man$s" "man_en/man$s"; done

# LibreOffice's help: the article between the navigation and the footer.
help=$x/usr/share/libreoffice/help/zh-CN/text
if [ -d "$help" ]; then
    (cd "$help" && find . -mindepth 2 -name '*.html' | LC_ALL=C sort) >"$x/help"
    sed 's|^\./||; s|/.*||' "$x/help" | sort -u | while read -r d; do mkdir -p "$new/help_zh/$d"; done
    (cd "$help" && awk -v to="$new/help_zh/" '
        { file = $0; sub(/^\.\//, "", file); name = file; sub(/[^\/]*\//, "", name)
          sub(/\/.*/, "", file); gsub(/\//, "-", name); sub(/html$/, "txt", name)
          out = to file "/" name; on = 0; blank = 1
          while ((getline line < $0) > 0) {
              if (sub(/^.*id="DisplayArea"[^>]*>/, "", line)) on = 1
              if (line ~ /<footer/) break
              if (!on) continue
              gsub(/<[^>]*>/, "", line)
              gsub(/&lt;/, "<", line); gsub(/&gt;/, ">", line); gsub(/&quot;/, "\"", line)
              gsub(/&#160;|&nbsp;/, " ", line); gsub(/&amp;/, "\\&", line)
              gsub(/^[ \t]+|[ \t]+$/, "", line)
              if (line != "" || !blank) print line >out
              blank = line == ""
          }
          close($0); close(out) }' "$x/help")
fi

# Plain text that packages bring along, and a tree of Python.
copy() # TO FILE…
{
    mkdir -p "$new/$1"
    to=$new/$1
    shift
    for f; do [ ! -f "$f" ] || cp "$f" "$to/"; done
}
copy docs_zh/debian "$x"/usr/share/debian-reference/*zh-cn.txt.gz "$x"/usr/share/doc/debian/FAQ/*zh-cn.txt.gz \
    "$x"/usr/share/doc/maint-guide-zh-cn/*.txt.gz
copy docs_en/debian "$x"/usr/share/debian-reference/*.en.txt.gz "$x"/usr/share/doc/debian-policy/policy.txt.gz
for d in "$x"/usr/share/doc/python3*/html/_sources/*/; do
    [ ! -d "$d" ] || copy "docs_en/python-$(basename "$d")" "$d"*.txt
done
for d in "$x"/usr/lib/python3.*/; do
    [ ! -d "$d" ] || { mkdir -p "$new/code"; cp -r "$d" "$new/code/python"; }
done
rm -rf "$x"
mv "$new" "$dir/raw"
say "$(find "$dir/raw" -type f | wc -l) files, $(du -sh "$dir/raw" | cut -f1)"
