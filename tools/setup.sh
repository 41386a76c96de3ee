#!/bin/sh
# Finds what Weir is built with and writes it to the file named first as make variables.
#   tools/setup.sh FILE check    missing packages end the build with the command that installs them
#   tools/setup.sh FILE install  missing packages are installed with apt when this user may do that
set -eu
out=$1 mode=$2

# pkg-config name : Debian package
libs='icu-uc:libicu-dev icu-i18n:libicu-dev libzstd:libzstd-dev zlib:zlib1g-dev liblzma:liblzma-dev
libxxhash:libxxhash-dev sentencepiece:libsentencepiece-dev simdjson:libsimdjson-dev
libhs:libvectorscan-dev expat:libexpat1-dev libmd:libmd-dev
fasttext:libfasttext-dev opencc:libopencc-dev libedit:libedit-dev libmicrohttpd:libmicrohttpd-dev'
# command : Debian package
tools='pkg-config:pkg-config gcc:gcc g++:g++ ar:binutils zstd:zstd bzip2:bzip2 xz:xz-utils
spm_encode:sentencepiece fasttext:fasttext man:man-db'

missing()
{
    for t in $tools; do command -v "${t%%:*}" >/dev/null 2>&1 || echo "${t##*:}"; done
    if command -v pkg-config >/dev/null 2>&1; then
        for l in $libs; do pkg-config --exists "${l%%:*}" || echo "${l##*:}"; done
    else
        for l in $libs; do echo "${l##*:}"; done
    fi
    # bzip2 and CLD2 carry no pkg-config file
    [ -e /usr/include/bzlib.h ] || echo libbz2-dev
    [ -e /usr/include/cld2/public/compact_lang_det.h ] || echo libcld2-dev
}

need=$(missing | sort -u | tr '\n' ' ')
if [ -n "$need" ] && [ "$mode" = install ] && command -v apt-get >/dev/null 2>&1; then
    sudo=
    if [ "$(id -u)" != 0 ]; then
        if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then sudo="sudo -n"; else sudo=no; fi
    fi
    if [ "$sudo" != no ]; then
        echo "setup: installing $need" >&2
        export DEBIAN_FRONTEND=noninteractive
        $sudo apt-get update -qq >&2
        # shellcheck disable=SC2086
        $sudo apt-get install -y -qq --no-install-recommends $need >&2
        need=$(missing | sort -u | tr '\n' ' ')
    fi
fi
if [ -n "$need" ]; then
    echo "setup: Weir needs these packages: $need" >&2
    echo "setup: install them as root:  apt-get install $need" >&2
    exit 1
fi

names=$(for l in $libs; do echo "${l%%:*}"; done)
mkdir -p "$(dirname "$out")"
{
    # shellcheck disable=SC2086
    echo "DEP_CFLAGS := $(pkg-config --cflags $names)"
    # shellcheck disable=SC2086
    echo "DEP_LIBS := $(pkg-config --libs $names) -lbz2 -lcld2"
    # shellcheck disable=SC2086
    for n in $names; do v=$(pkg-config --modversion "$n"); echo "DEP_FOUND += $n${v:+-$v}"; done
} >"$out.tmp"
mv "$out.tmp" "$out"
