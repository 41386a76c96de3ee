#include "ingest/github_lang.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* Words of the table, sorted, each with its languages in the table's order. */
struct word {
    struct weir_span s;
    const struct code_lang *lang;
};

enum { N_WORDS = 1500, N_CANDIDATES = 8, EXT_MAX = 24 };

struct words {
    struct word at[N_WORDS];
    size_t n;
};

static struct words exts, names, shebangs;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static int compare_spans(struct weir_span a, struct weir_span b)
{
    const size_t n = a.n < b.n ? a.n : b.n;
    const int c = n ? memcmp(a.p, b.p, n) : 0;
    return c ? c : (a.n > b.n) - (a.n < b.n);
}

static int compare_words(const void *pa, const void *pb)
{
    const struct word *a = pa, *b = pb;
    const int c = compare_spans(a->s, b->s);
    return c ? c : (a->lang > b->lang) - (a->lang < b->lang);
}

static void add_words(struct words *w, const char *list, const struct code_lang *lang)
{
    while (*list && w->n < N_WORDS) {
        const size_t n = strcspn(list, " ");
        w->at[w->n++] = (struct word){weir_span(list, n), lang};
        list += n + (list[n] == ' ');
    }
}

static void build(void)
{
    for (size_t i = 0; i < n_code_langs; i++) {
        add_words(&exts, code_langs[i].exts, &code_langs[i]);
        add_words(&names, code_langs[i].names, &code_langs[i]);
        add_words(&shebangs, code_langs[i].shebangs, &code_langs[i]);
    }
    qsort(exts.at, exts.n, sizeof(*exts.at), compare_words);
    qsort(names.at, names.n, sizeof(*names.at), compare_words);
    qsort(shebangs.at, shebangs.n, sizeof(*shebangs.at), compare_words);
}

/* The languages that claim a word: their number, the first N_CANDIDATES of them in found. */
static size_t look_up(const struct words *w, struct weir_span s, const struct code_lang **found)
{
    size_t lo = 0, hi = w->n, n = 0;
    while (lo < hi) {
        const size_t mid = lo + (hi - lo) / 2;
        if (compare_spans(w->at[mid].s, s) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    for (; lo < w->n && n < N_CANDIDATES && !compare_spans(w->at[lo].s, s); lo++)
        found[n++] = w->at[lo].lang;
    return n;
}

const struct code_lang *code_lang_named(const char *name)
{
    for (size_t i = 0; i < n_code_langs; i++) {
        if (!strcmp(code_langs[i].name, name))
            return &code_langs[i];
    }
    return NULL;
}

/* ---- content ---- */

/* What decides between languages of one extension: the first rule whose marks appear holds; a rule
 * without marks is what is left, and without a language too, the extension says nothing.  Marks
 * stand apart by "|"; with "^" they begin a line, behind blanks.  They follow the facts in
 * Linguist's heuristics and the languages' own keywords. */
struct rule {
    const char *ext, *lang, *marks;
};

static const struct rule rules[] = {
    {"h", "Objective-C",
     "^@interface|^@class |^@protocol|^@property|^@end|^@synchronized|^@import|^#import"},
    {"h", "C++",
     "^#include <cstdint>|^#include <string>|^#include <vector>|^#include <map>|^#include <list>|"
     "^#include <memory>|^#include <iostream>|^#include <cstddef>|^#include <functional>|"
     "^#include <utility>|^template <|^template<|^class |^namespace |^using namespace |^constexpr |"
     "^public:|^private:|^protected:|^virtual |std::"},
    {"h", "C", NULL},
    {"m", "Objective-C",
     "^@interface|^@implementation|^@protocol|^@property|^@end|^@class |^@import|^#import|"
     "^#include|^#define"},
    {"m", "Mercury", "^:- module"},
    {"m", "Mathematica", "^BeginPackage[|^(* ::|^(*|^Needs["},
    {"m", "MATLAB", NULL},
    {"pl", "Perl", "^use strict|^use warnings|^use v5|^use 5|^package |^sub |^my $|^my @|^my %"},
    {"pl", "Prolog", "^:- | :-|:-\n"},
    {"pl", "Raku", "^use v6|^unit |^multi sub|^grammar "},
    {"pl", "Perl", NULL},
    {"pm", "Raku", "^use v6|^unit |^multi sub|^grammar |^my class "},
    {"pm", "Perl", NULL},
    {"t", "Raku", "^use v6|^unit |^multi sub|^grammar |^my class "},
    {"t", "Perl", NULL},
    {"ts", "XML", "<!DOCTYPE TS>|^<TS |^<?xml"},
    {"ts", "TypeScript", NULL},
    {"tsx", "XML", "^<?xml|^<tileset"},
    {"tsx", "TSX", NULL},
    {"cls", "VBA", "^VERSION 1.0 CLASS|^Attribute VB_"},
    {"cls", "Apex", "^public class |^global class |^private class |with sharing |^@isTest"},
    {"cls", "TeX", NULL},
    {"inc", "PHP", "<?php|<?="},
    {"inc", "Pascal", "^{$|^unit |^procedure |^end;"},
    {"inc", "Assembly", "^%macro|^%define|^section .|^.macro|^.text| equ |\tequ\t"},
    {"inc", "C++", NULL},
    {"fs", "GLSL", "^#version|gl_FragColor|gl_Position|^uniform |^varying |^precision "},
    {"fs", "Forth", "^: |^variable |^VARIABLE "},
    {"fs", "F#", NULL},
    {"f", "Forth", "^: "},
    {"f", "Fortran", NULL},
    {"v", "Coq", "^Require |^Theorem |^Lemma |^Proof.|^Inductive |^Definition |^Qed."},
    {"v", "V", "^fn |^pub fn |^module main"},
    {"v", "Verilog", NULL},
    {"d", "DTrace", "^#pragma D |^dtrace:|:::"},
    {"d", "Makefile", ".o: |.o : |: \\\n"},
    {"d", "D", NULL},
    {"php", "Hack", "<?hh"},
    {"php", "PHP", NULL},
    {"i", "SWIG", "^%module|^%include|^%{|^%typemap"},
    {"i", "Assembly", NULL},
    {"pp", "Pascal", "^program |^unit |^uses |^procedure |^begin\n"},
    {"pp", "Puppet", NULL},
    {"pro", "Prolog", " :-|^:- "},
    {"pro", "IDL", "^pro |^function |^compile_opt|^endfor"},
    {"pro", "QMake", NULL},
    {"cl", "OpenCL", "__kernel|^kernel |get_global_id"},
    {"cl", "Common Lisp", NULL},
    {"gd", "GAP", "DeclareOperation(|DeclareAttribute(|DeclareGlobalFunction(|BindGlobal("},
    {"gd", "GDScript", NULL},
    {"g", "G-code", "^G0 |^G1 |^G00|^G01|^G21|^G90|^M104"},
    {"g", "GAP", NULL},
    {"sc", "SuperCollider", "^SynthDef|{ arg |{ |^(\nvar |Ugen|.play;|.ar("},
    {"sc", "Scala", NULL},
    {"es", "Erlang", "^-module|^-export|^main("},
    {"es", "JavaScript", NULL},
    {"l", "Common Lisp", "^(def|^(in-package"},
    {"l", "Roff", "^.TH |^.SH |^.Dd "},
    {"l", "Lex", NULL},
    {"re", "C++", "^#include|std::|^template"},
    {"re", "Reason", NULL},
    {"rpy", "Ren'Py", "^label |^screen |^init python|^define "},
    {"rpy", "Python", NULL},
    {"r", "Rebol", "^Rebol [|^REBOL [|^rebol ["},
    {"r", "R", NULL},
    {"1", "Roff", "^.\\\"|^'\\\"|^.TH |^.Dd |^.SH |^.so |^.de |^.ds "},
    {"1", NULL, NULL},
    {"me", "Roff", "^.\\\"|^'\\\"|^.TH |^.Dd |^.SH |^.so |^.de |^.ds |^.pp"},
    {"me", "Text", NULL}, // read.me
};

/* The head is enough to tell, and bounds the time on large files. */
enum { HEAD = 1 << 16 };

static int begins_line(const char *start, const char *p)
{
    while (p > start && (p[-1] == ' ' || p[-1] == '\t'))
        p--;
    return p == start || p[-1] == '\n' || p[-1] == '\r';
}

static int has_mark(struct weir_span text, const char *mark, size_t n)
{
    const int line = *mark == '^';
    const char *p = text.p, *end = text.p + text.n;
    mark += line;
    n -= (size_t)line;
    while (p < end && (p = memmem(p, (size_t)(end - p), mark, n))) {
        if (!line || begins_line(text.p, p))
            return 1;
        p++;
    }
    return 0;
}

static int has_any_mark(struct weir_span text, const char *marks)
{
    while (*marks) {
        const size_t n = strcspn(marks, "|");
        if (has_mark(text, marks, n))
            return 1;
        marks += n + (marks[n] == '|');
    }
    return 0;
}

/* Man page sections share one set of rules. */
static struct weir_span rules_key(struct weir_span ext)
{
    return ext.n == 1 && ext.p[0] >= '1' && ext.p[0] <= '9' ? WEIR_LIT("1") : ext;
}

static const struct code_lang *by_rules(struct weir_span ext, struct weir_span text,
                                        const struct code_lang *first)
{
    const struct weir_span key = rules_key(ext);
    for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++) {
        const struct rule *r = &rules[i];
        if (!weir_span_is(key, r->ext))
            continue;
        if (!r->marks || has_any_mark(text, r->marks))
            return r->lang ? code_lang_named(r->lang) : NULL;
    }
    return first;
}

/* ---- shebang ---- */

static struct weir_span next_word(struct weir_span *line)
{
    while (line->n && (*line->p == ' ' || *line->p == '\t'))
        line->p++, line->n--;
    struct weir_span w = weir_span(line->p, 0);
    while (line->n && *line->p != ' ' && *line->p != '\t' && *line->p != '\r')
        line->p++, line->n--, w.n++;
    return w;
}

static struct weir_span base_name(struct weir_span path)
{
    for (size_t i = path.n; i-- > 0;) {
        if (path.p[i] == '/')
            return weir_span(path.p + i + 1, path.n - i - 1);
    }
    return path;
}

/* "#!/usr/bin/env -S python3.11 -u" gives "python". */
static struct weir_span interpreter(struct weir_span text)
{
    if (text.n < 3 || memcmp(text.p, "#!", 2))
        return WEIR_LIT("");
    const size_t most = text.n < 256 ? text.n : 256;
    const char *nl = memchr(text.p, '\n', most);
    struct weir_span line = weir_span(text.p + 2, (nl ? (size_t)(nl - text.p) : most) - 2);
    struct weir_span w = base_name(next_word(&line));
    if (weir_span_is(w, "env")) {
        do
            w = base_name(next_word(&line));
        while (w.n && (w.p[0] == '-' || memchr(w.p, '=', w.n)));
    }
    while (w.n && (w.p[w.n - 1] == '.' || (w.p[w.n - 1] >= '0' && w.p[w.n - 1] <= '9')))
        w.n--;
    return w;
}

/* ---- all together ---- */

static const struct code_lang *by_ext(struct weir_span ext, struct weir_span text)
{
    const struct code_lang *found[N_CANDIDATES], *sb[N_CANDIDATES];
    char lower[EXT_MAX];
    if (!ext.n || ext.n > sizeof(lower))
        return NULL;
    if (weir_span_is(ext, "C") || weir_span_is(ext, "H"))
        return code_lang_named("C++");
    for (size_t i = 0; i < ext.n; i++)
        lower[i] = ext.p[i] >= 'A' && ext.p[i] <= 'Z' ? (char)(ext.p[i] + 32) : ext.p[i];
    ext.p = lower;
    const size_t n = look_up(&exts, ext, found);
    if (!n)
        return NULL;
    const size_t n_sb = look_up(&shebangs, interpreter(text), sb);
    for (size_t i = 0; i < n_sb; i++) {
        for (size_t k = 0; k < n; k++) {
            if (sb[i] == found[k])
                return sb[i];
        }
    }
    return by_rules(ext, text, found[0]);
}

static const struct code_lang *by_name(struct weir_span name)
{
    const struct code_lang *found[N_CANDIDATES];
    if (look_up(&names, name, found))
        return found[0];
    if (name.n > 11 && !memcmp(name.p, "Dockerfile.", 11))
        return code_lang_named("Dockerfile");
    if (name.n > 9 && !memcmp(name.p, "Makefile.", 9))
        return code_lang_named("Makefile");
    return NULL;
}

const struct code_lang *code_lang_detect(struct weir_span path, struct weir_span text)
{
    const struct code_lang *found[N_CANDIDATES], *lang;
    pthread_once(&once, build);
    struct weir_span name = base_name(path);
    if (text.n > HEAD)
        text.n = HEAD;
    if ((lang = by_name(name)))
        return lang;
    if (name.n > 3 && !memcmp(name.p + name.n - 3, ".in", 3)) { // configure's templates
        name.n -= 3;
        if ((lang = by_name(name)))
            return lang;
    }
    /* The longest extension that is known: blade.php before php. */
    for (size_t i = 0; i < name.n; i++) {
        if (name.p[i] == '.' && (lang = by_ext(weir_span(name.p + i + 1, name.n - i - 1), text)))
            return lang;
    }
    return look_up(&shebangs, interpreter(text), found) ? found[0] : NULL;
}
