#include "filters/code_comments.h"

#include <string.h>
#include <strings.h>
#include "weir/utf8.h"
#include "filters/filter_classes.h"

enum {
    NESTED = 1,      // block comments nest
    TRIPLE = 2,      // """ … """ and ''' … ''' are strings
    DOCSTRING = 4,   // such a string that begins a statement is a comment
    TICK = 8,        // ' opens a character and not a string: 'a', '\n', but also 'lifetime
    NO_ESCAPE = 16,  // a backslash is nothing special in strings
    SPACED = 32,     // a line comment begins a word: $# is none
    MANY_LINES = 64, // strings go over line ends
    LINE_START = 128 // block marks count at line starts only
};

struct code_syntax {
    const char *names; // separated by |
    const char *line;  // marks of line comments, separated by spaces
    const char *open, *close, *open2, *close2;
    const char *quotes;
    int flags;
};

/* Programming languages by their Linguist names; markup and configuration are not here: they do
 * well without comments. */
static const struct code_syntax syntaxes[] = {
    {"Python|Cython", "#", NULL, NULL, NULL, NULL, "\"'", TRIPLE | DOCSTRING},
    {"C|C++|Objective-C|Objective-C++|CUDA|OpenCL|GLSL|HLSL|Metal|Arduino|C#|Java|Apex|Solidity|"
     "Protocol Buffer|Thrift|Verilog|SystemVerilog|Stan|D|Vala|Processing|Yacc|Lex|Bison|ANTLR|"
     "Protocol-Buffer",
     "//", "/*", "*/", NULL, NULL, "\"", TICK},
    {"JavaScript|TypeScript|TSX|JSX|Vue|Svelte|ActionScript|QML", "//", "/*", "*/", NULL, NULL,
     "\"'`", 0},
    {"Go|V", "//", "/*", "*/", NULL, NULL, "\"`", TICK},
    {"Rust|Swift|Kotlin|Scala|Zig", "//", "/*", "*/", NULL, NULL, "\"", NESTED | TRIPLE | TICK},
    {"Groovy|Gradle|Dart", "//", "/*", "*/", NULL, NULL, "\"'", TRIPLE},
    {"PHP|Hack", "// #", "/*", "*/", NULL, NULL, "\"'", MANY_LINES},
    {"Ruby|Crystal", "#", "=begin", "=end", NULL, NULL, "\"'", LINE_START},
    {"Perl|Raku", "#", "=pod", "=cut", "=head", "=cut", "\"", LINE_START | SPACED},
    {"Shell|Bash|Zsh|Fish|Makefile|CMake|Dockerfile|Tcl|Awk|Tcsh|Puppet|Starlark|Nix|"
     "Just|Meson|Ninja|HCL|Terraform|Bitbake|SPARQL|GDScript|R|Elixir",
     "#", NULL, NULL, NULL, NULL, "\"'", SPACED},
    {"PowerShell", "#", "<#", "#>", NULL, NULL, "\"'", SPACED | NO_ESCAPE},
    {"CoffeeScript", "#", "###", "###", NULL, NULL, "\"'", TRIPLE},
    {"Julia", "#", "#=", "=#", NULL, NULL, "\"", NESTED | TRIPLE | TICK},
    {"Nim", "#", "#[", "]#", NULL, NULL, "\"", NESTED | TRIPLE | TICK},
    {"Lua|Luau|MoonScript", "--", "--[[", "]]", NULL, NULL, "\"'", 0},
    {"Haskell|Elm|PureScript|Idris|Agda|Literate Haskell|Dhall", "--", "{-", "-}", NULL, NULL, "\"",
     NESTED | TICK},
    {"Lean", "--", "/-", "-/", NULL, NULL, "\"", NESTED | TICK},
    {"SQL|PLSQL|PLpgSQL|TSQL", "--", "/*", "*/", NULL, NULL, "\"'", NO_ESCAPE | MANY_LINES},
    {"Ada|VHDL", "--", NULL, NULL, NULL, NULL, "\"", TICK | NO_ESCAPE},
    {"Common Lisp|Clojure|Scheme|Emacs Lisp|Racket|edn|Fennel|Hy|NewLisp", ";", "#|", "|#", NULL,
     NULL, "\"", NESTED | MANY_LINES},
    {"Assembly|AutoHotkey", "; //", "/*", "*/", NULL, NULL, "\"", TICK},
    {"OCaml|Standard ML|Coq|Isabelle", NULL, "(*", "*)", NULL, NULL, "\"", NESTED | TICK},
    {"F#|Reason|ReScript", "//", "(*", "*)", "/*", "*/", "\"", NESTED | TRIPLE | TICK},
    {"Pascal|Delphi", "//", "{", "}", "(*", "*)", "'", NO_ESCAPE},
    {"Fortran|Fortran Free Form", "!", NULL, NULL, NULL, NULL, "\"'", NO_ESCAPE},
    {"MATLAB|Octave", "%", "%{", "%}", NULL, NULL, "\"", NO_ESCAPE},
    {"TeX|LaTeX|BibTeX", "%", NULL, NULL, NULL, NULL, "", 0},
    {"Erlang", "%", NULL, NULL, NULL, NULL, "\"'", 0},
    {"Prolog|Logtalk", "%", "/*", "*/", NULL, NULL, "\"'", 0},
    {"Batchfile", "REM rem ::", NULL, NULL, NULL, NULL, "", SPACED},
    {"Visual Basic|VBA|VBScript|Visual Basic .NET", "'", NULL, NULL, NULL, NULL, "\"", NO_ESCAPE},
    {"Stata|SAS", "// *", "/*", "*/", NULL, NULL, "\"", SPACED},
};

static int is_named(const char *names, struct weir_span lang)
{
    for (const char *p = names;; p++) {
        const size_t n = strcspn(p, "|");
        if (n == lang.n && strncasecmp(p, lang.p, n) == 0)
            return 1;
        p += n;
        if (!*p)
            return 0;
    }
}

const struct code_syntax *code_syntax_find(struct weir_span lang)
{
    for (size_t i = 0; lang.n && i < sizeof syntaxes / sizeof *syntaxes; i++)
        if (is_named(syntaxes[i].names, lang))
            return syntaxes + i;
    return NULL;
}

/* ---- scanning ---- */

struct scan {
    const struct code_syntax *s;
    struct weir_span t;
    size_t i;
    int line_start; // only blanks stand before i in its line
    int body_start; // a docstring may stand here: at the start, or behind a line that ends in ":"
    char last;      // the last character that was no white space
    /* Of Python: */
    int docstrings;      // there was one
    uint64_t comments;   // characters of comments without #
    uint64_t lead, tail; // blanks before the first of them and behind the last
    struct code_comments *c;
};

static int is_at(const struct scan *x, size_t i, const char *s, size_t n)
{
    return x->t.n - i >= n && memcmp(x->t.p + i, s, n) == 0;
}

static size_t find(const struct scan *x, size_t i, const char *s)
{
    const char *p = i < x->t.n ? memmem(x->t.p + i, x->t.n - i, s, strlen(s)) : NULL;
    return p ? (size_t)(p - x->t.p) : x->t.n;
}

static void count(struct scan *x, size_t end)
{
    struct filter_classes k;
    filter_classes_count(weir_span(x->t.p + x->i, end - x->i), &k);
    x->c->chars += k.chars;
    x->c->visible += k.chars - k.spaces;
    x->i = end;
}

/* Bytes of the line comment's mark at i, 0 when none begins there. */
static size_t line_mark(const struct scan *x)
{
    if (!x->s->line)
        return 0;
    if (x->s->flags & SPACED && x->i && !strchr(" \t\n;({", x->t.p[x->i - 1]))
        return 0;
    for (const char *p = x->s->line; *p;) {
        const size_t n = strcspn(p, " ");
        if (is_at(x, x->i, p, n))
            return n;
        p += n + (p[n] == ' ');
    }
    return 0;
}

/* Behind the block comment that starts at i. */
static size_t block_end(const struct scan *x, const char *open, const char *close)
{
    const size_t n_open = strlen(open), n_close = strlen(close);
    size_t i = x->i + n_open;
    if (!(x->s->flags & NESTED)) {
        i = find(x, i, close);
        return i < x->t.n ? i + n_close : i;
    }
    for (size_t depth = 1; depth && i < x->t.n;) {
        const int is_close = is_at(x, i, close, n_close), is_open = is_at(x, i, open, n_open);
        depth += (size_t)is_open - (size_t)is_close;
        i += is_close ? n_close : is_open ? n_open : 1;
    }
    return i;
}

static int opens(const struct scan *x, const char *open)
{
    return open && is_at(x, x->i, open, strlen(open)) &&
           (!(x->s->flags & LINE_START) || !x->i || x->t.p[x->i - 1] == '\n');
}

/* Behind the string that starts at i. */
static size_t string_end(const struct scan *x)
{
    const char quote = x->t.p[x->i];
    const int one_line = quote != '`' && !(x->s->flags & MANY_LINES);
    size_t i = x->i + 1;
    for (; i < x->t.n && x->t.p[i] != quote; i++) {
        if (x->t.p[i] == '\n' && one_line)
            return i;
        if (x->t.p[i] == '\\' && !(x->s->flags & NO_ESCAPE) && quote != '`')
            i++;
    }
    return i < x->t.n ? i + 1 : x->t.n;
}

/* 'x', '\n' and '\u0041' are characters; anything else with one quote is not. */
static size_t tick_end(const struct scan *x)
{
    size_t i = x->i + 1;
    unsigned len;
    if (i < x->t.n && x->t.p[i] == '\\') {
        const size_t end = x->i + 12 < x->t.n ? x->i + 12 : x->t.n;
        for (i += 2; i < end && x->t.p[i] != '\n'; i++)
            if (x->t.p[i] == '\'')
                return i + 1;
    } else if (i < x->t.n) {
        (void)weir_utf8_decode(x->t.p + i, x->t.n - i, &len);
        if (i + len < x->t.n && x->t.p[i + len] == '\'')
            return i + len + 1;
    }
    return x->i + 1;
}

/* ---- Python ---- */

static size_t indentation(const char *p, size_t n)
{
    size_t i = 0;
    while (i < n && (p[i] == ' ' || p[i] == '\t'))
        i++;
    return i;
}

/* Backslashes that end at p + n. */
static size_t slashes_before(const char *p, size_t n)
{
    size_t k = 0;
    while (k < n && p[n - k - 1] == '\\')
        k++;
    return k;
}

/* The next line feed of [p, end) that Python reads as one: a backslash before it joins the lines of
 * a docstring that is not raw. */
static const char *next_line(const char *start, const char *p, const char *end, int raw)
{
    while (p < end && (p = memchr(p, '\n', (size_t)(end - p))) != NULL) {
        if (raw || slashes_before(start, (size_t)(p - start)) % 2 == 0)
            return p;
        p++;
    }
    return NULL;
}

/* What escapes add to the characters that Python sees; those of several digits aside. */
static uint64_t escapes(const char *p, size_t n)
{
    uint64_t more = 0;
    for (size_t i = 0; i + 1 < n; i++)
        if (p[i] == '\\' && p[i + 1] && strchr("\n\\'\"abfnrtv", p[i + 1]))
            more += p[++i] == '\n' ? 2 : 1;
    return more;
}

/* Characters of a docstring as inspect.cleandoc() leaves it, nearly: without the indentation that
 * its lines share and the blank lines at both ends. */
static uint64_t clean_chars(const char *p, size_t n, int raw)
{
    while (n && strchr(" \t\n", p[n - 1]))
        n--;
    while (n && strchr(" \t\n", *p)) {
        p++;
        n--;
    }
    const char *const end = p + n;
    size_t common = SIZE_MAX;
    uint64_t chars = weir_utf8_count(p, n) - (raw ? 0 : escapes(p, n));
    for (int pass = 0; pass < 2; pass++) {
        const char *q = next_line(p, p, end, raw);
        while (q) {
            const char *nl = next_line(p, q + 1, end, raw);
            const size_t line = (size_t)((nl ? nl : end) - q - 1);
            const size_t blanks = indentation(q + 1, line);
            if (pass == 0 && blanks < line && blanks < common)
                common = blanks;
            if (pass == 1)
                chars -= blanks < common ? blanks : common;
            q = nl;
        }
    }
    return chars;
}

/* StarCoder takes every # out. */
static void add_comment(struct scan *x, struct weir_span t)
{
    uint64_t n = weir_utf8_count(t.p, t.n), tail = 0;
    for (size_t i = 0; i < t.n; i++)
        n -= t.p[i] == '#';
    while (tail < t.n && strchr(" \t\r", t.p[t.n - tail - 1]))
        tail++;
    if (x->lead == x->comments)
        x->lead += indentation(t.p, t.n);
    x->tail = tail == t.n ? x->tail + tail : tail;
    x->comments += n;
}

/* Docstrings, a line end, and comments one behind the other, without white space at either end. */
static void add_natural(struct scan *x)
{
    if (x->comments <= x->tail)
        return;
    /* Where only # stood between them, blanks are before and behind at once. */
    const uint64_t less = x->tail + (x->docstrings ? 0 : x->lead);
    x->c->natural += x->comments > less ? x->comments - less : 0;
    x->c->natural += (uint64_t)x->docstrings;
}

/* r and u may stand before a docstring's quotes. */
static int is_prefix(const struct scan *x)
{
    const char *p = x->t.p + x->i;
    return x->s->flags & DOCSTRING && x->body_start && x->line_start && x->t.n - x->i > 1 && *p &&
           strchr("rRuU", *p) && (p[1] == '"' || p[1] == '\'');
}

static int is_triple(const struct scan *x)
{
    const char c = x->t.p[x->i];
    return x->s->flags & TRIPLE && x->t.n - x->i >= 3 && x->t.p[x->i + 1] == c &&
           x->t.p[x->i + 2] == c;
}

static size_t triple_end(const struct scan *x)
{
    const char close[4] = {x->t.p[x->i], x->t.p[x->i], x->t.p[x->i], 0};
    size_t i = x->i + 3;
    for (;;) {
        const size_t end = find(x, i, close);
        size_t slashes = 0;
        while (end < x->t.n && end - slashes > i && x->t.p[end - slashes - 1] == '\\')
            slashes++;
        if (end == x->t.n || slashes % 2 == 0)
            return end < x->t.n ? end + 3 : end;
        i = end + 1;
    }
}

static void take_string(struct scan *x)
{
    const size_t start = x->i;
    const int triple = is_triple(x);
    const size_t end = triple ? triple_end(x) : string_end(x);
    if (x->s->flags & DOCSTRING && x->line_start) {
        const size_t quote = triple ? 3 : 1;
        const int raw = start && (x->t.p[start - 1] | 32) == 'r';
        count(x, end);
        if (x->body_start && end - start >= 2 * quote) {
            x->c->natural +=
                clean_chars(x->t.p + start + quote, end - start - 2 * quote, raw) + x->docstrings;
            x->docstrings = 1;
        }
    }
    x->i = end;
    x->last = '"';
    x->line_start = x->body_start = 0;
}

/* ---- all ---- */

static int take_comment(struct scan *x)
{
    const int first = opens(x, x->s->open), second = !first && opens(x, x->s->open2);
    if (first || second) {
        count(x, first ? block_end(x, x->s->open, x->s->close)
                       : block_end(x, x->s->open2, x->s->close2));
        return 1;
    }
    const size_t mark = line_mark(x);
    if (!mark)
        return 0;
    const size_t end = find(x, x->i, "\n");
    add_comment(x, weir_span(x->t.p + x->i + mark, end - x->i - mark));
    count(x, end);
    return 1;
}

static void pass(struct scan *x)
{
    const char c = x->t.p[x->i++];
    if (c == '\n') {
        x->body_start |= x->last == ':';
        x->line_start = 1;
    } else if (c != ' ' && c != '\t') {
        x->line_start = x->body_start = 0;
        x->last = c;
    }
}

/* The bytes at which something may begin. */
static void mark_hot(const struct code_syntax *s, uint8_t hot[256])
{
    const char *const opens[] = {s->open, s->open2};
    memset(hot, 0, 256);
    for (const char *p = s->line; p && *p; p += strcspn(p, " "), p += *p == ' ')
        hot[(unsigned char)*p] = 1;
    for (int i = 0; i < 2; i++)
        if (opens[i])
            hot[(unsigned char)opens[i][0]] = 1;
    for (const char *p = s->quotes; *p; p++)
        hot[(unsigned char)*p] = 1;
    if (s->flags & TICK)
        hot['\''] = 1;
}

void code_comments_count(const struct code_syntax *s, struct weir_span text,
                         struct code_comments *c)
{
    struct scan x = {.s = s, .t = text, .line_start = 1, .body_start = 1, .c = c};
    uint8_t hot[256];
    memset(c, 0, sizeof *c);
    mark_hot(s, hot);
    while (x.i < text.n) {
        const char q = text.p[x.i];
        if (!hot[(unsigned char)q]) {
            if (is_prefix(&x)) {
                x.i++;
                take_string(&x);
            } else {
                pass(&x);
            }
            continue;
        }
        if (take_comment(&x))
            continue;
        if (q && strchr(s->quotes, q)) {
            take_string(&x);
        } else if (q == '\'' && s->flags & TICK) {
            x.i = tick_end(&x);
            x.line_start = x.body_start = 0;
        } else {
            pass(&x);
        }
    }
    add_natural(&x);
}
