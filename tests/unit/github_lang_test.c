/* Languages by name and content.  Expectations are GitHub Linguist's documented extensions, file
 * names and interpreters. */
#include "ingest/github_lang.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

struct expect {
    const char *path, *text, *lang; // lang NULL: unknown
};

static const struct expect cases[] = {
    {"a/b/main.c", "", "C"},
    {"x.CPP", "", "C++"},
    {"x.C", "", "C++"},
    {"noext", "", NULL},
    {"noext", "#!/bin/sh\necho\n", "Shell"},
    {"noext", "#!/usr/bin/env python3.11\n", "Python"},
    {"noext", "#!/usr/bin/env -S FOO=1 node --harmony\n", "JavaScript"},
    {"noext", "#! /usr/bin/perl -w\n", "Perl"},
    {"noext", "#!\n", NULL},
    {"noext", "#!/usr/bin/env\n", NULL},
    {"Makefile", "", "Makefile"},
    {"src/Makefile.am", "", "Makefile"},
    {"Makefile.linux", "", "Makefile"},
    {"Dockerfile", "", "Dockerfile"},
    {"Dockerfile.dev", "", "Dockerfile"},
    {"CMakeLists.txt", "", "CMake"},
    {"notes.txt", "", "Text"},
    {"README", "", "Text"},
    {"README.md", "", "Markdown"},
    {"go.mod", "", "Go Module"},
    {"config.h.in", "", "C"},
    {"x.unknown", "", NULL},
    {"x.", "", NULL},
    {".", "", NULL},
    {"", "", NULL},
    {"page.blade.php", "", "Blade"},
    {"page.php", "<?php echo 1;", "PHP"},
    {"page.php", "<?hh // strict\n", "Hack"},
    {"a.h", "int f(void);\n", "C"},
    {"a.h", "#ifdef __cplusplus\nextern \"C\" {\n#endif\n", "C"},
    {"a.h", "namespace x {\n", "C++"},
    {"a.h", "#include <vector>\n", "C++"},
    {"a.h", "/* no namespace x here */\nint f(void);\n", "C"},
    {"a.h", "@interface A : NSObject\n@end\n", "Objective-C"},
    {"a.m", "#import <Foundation/Foundation.h>\n", "Objective-C"},
    {"a.m", "% comment\nfunction y = f(x)\n", "MATLAB"},
    {"a.m", ":- module hello.\n", "Mercury"},
    {"a.m", "(* a comment *)\nf[x_] := x\n", "Mathematica"},
    {"a.pl", "use strict;\nmy $x = 1;\n", "Perl"},
    {"a.pl", "likes(X, Y) :- friend(X, Y).\n", "Prolog"},
    {"a.pl", "print 1;\n", "Perl"},
    {"a.ts", "export const a = 1;\n", "TypeScript"},
    {"a.d.ts", "declare const a: number;\n", "TypeScript"},
    {"a.ts", "<?xml version=\"1.0\"?>\n<!DOCTYPE TS>\n<TS>\n", "XML"},
    {"a.tsx", "export default () => <p/>;\n", "TSX"},
    {"a.v", "module top(input a);\nendmodule\n", "Verilog"},
    {"a.v", "Theorem t : True.\nProof.\n", "Coq"},
    {"a.fs", "let x = 1\n", "F#"},
    {"a.fs", "#version 330\nvoid main() {}\n", "GLSL"},
    {"a.cl", "__kernel void f() {}\n", "OpenCL"},
    {"a.cl", "(defun f () 1)\n", "Common Lisp"},
    {"a.d", "import std.stdio;\n", "D"},
    {"a.d", "main.o: main.c main.h\n", "Makefile"},
    {"a.l", "%{\n%}\n%%\n", "Lex"},
    {"a.l", "(defun f () 1)\n", "Common Lisp"},
    {"a.r", "x <- 1\n", "R"},
    {"tool.1", ".TH TOOL 1\n", "Roff"},
    {"lib.so.1", "x", NULL},
    {"a.cgi", "#!/usr/bin/perl\n", "Perl"},
    {"a.t", "use Test::More;\n", "Perl"},
    {"x.ipynb", "{}", "Jupyter Notebook"},
    {"x.json", "{}", "JSON"},
    {"x.yml", "", "YAML"},
    {"x.sol", "", "Solidity"},
    {"x.zig", "", "Zig"},
    {"x.rs", "", "Rust"},
    {"x.kt", "", "Kotlin"},
    {"x.vue", "", "Vue"},
    {"x.proto", "", "Protocol Buffer"},
    {"x.tex", "", "TeX"},
    {"x.f90", "", "Fortran Free Form"},
    {"x.cu", "", "Cuda"},
};

static struct weir_span span(const char *s)
{
    return weir_span(s, strlen(s));
}

/* Every word of the table is found, and no name stands twice. */
static void table_is_sound(void)
{
    size_t n_kinds[5] = {0};
    for (size_t i = 0; i < n_code_langs; i++) {
        const struct code_lang *l = &code_langs[i];
        assert(code_lang_named(l->name) == l);
        assert(*l->exts || *l->names);
        n_kinds[l->kind]++;
        for (const char *p = l->names; *p;) {
            const size_t n = strcspn(p, " ");
            assert(code_lang_detect(weir_span(p, n), weir_span("", 0)) == l);
            p += n + (p[n] == ' ');
        }
        for (const char *p = l->exts; *p;) {
            char path[64];
            const size_t n = strcspn(p, " ");
            for (size_t k = 0; k < n; k++)
                assert(!(p[k] >= 'A' && p[k] <= 'Z'));
            snprintf(path, sizeof(path), "dir/file.%.*s", (int)n, p);
            const struct code_lang *got = code_lang_detect(span(path), weir_span("", 0));
            assert(got || (n == 1 && *p >= '1' && *p <= '9')); // a man page must look like one
            p += n + (p[n] == ' ');
        }
    }
    assert(n_kinds[CODE_PROGRAMMING] >= 100);
    assert(!code_lang_named("Klingon"));
}

int main(void)
{
    int n_wrong = 0;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        const struct expect *c = &cases[i];
        const struct code_lang *got = code_lang_detect(span(c->path), span(c->text));
        const char *name = got ? got->name : NULL;
        if ((name == NULL) != (c->lang == NULL) || (name && strcmp(name, c->lang))) {
            printf("%s: %s, expected %s\n", c->path, name ? name : "unknown",
                   c->lang ? c->lang : "unknown");
            n_wrong++;
        }
    }
    table_is_sound();
    return n_wrong != 0;
}
