/* What the files of the wikitext renderer share. */
#ifndef WEIR_INGEST_WIKITEXT_INTERNAL_H
#define WEIR_INGEST_WIKITEXT_INTERNAL_H

#include <string.h>
#include "ingest/wikitext.h"
#include "weir/utf8.h"

/* ---- nodes: markup that nests or whose content is not wikitext ---- */

enum wt_kind {
    WT_NONE, // an opening mark without its end
    WT_COMMENT,
    WT_TEMPLATE, // {{ }}
    WT_PARAM,    // {{{ }}}
    WT_LINK,     // [[ ]]
    WT_VARIANT,  // -{ }-
    WT_TABLE,    // {| |} and <table>
    WT_TAG,      // an extension tag: its content is not scanned
};

struct wt_node {
    uint32_t at, end;       // with its marks
    uint32_t in_at, in_end; // content
    uint32_t skip;          // first node behind this one and all inside it
    uint8_t kind, tag;      // enum wt_kind, enum wt_tag
};

/* Tags whose content the scanner passes over, and what becomes of it. */
enum wt_tag {
    WT_TAG_DROP, // ref, gallery, timeline …
    WT_TAG_NOWIKI,
    WT_TAG_PRE,
    WT_TAG_MATH,
    WT_TAG_CHEM,
    WT_TAG_CODE, // syntaxhighlight, source
};

struct wt_open {    // an opening mark that waits for its end
    uint32_t at;    // of the innermost mark not yet used
    uint32_t count; // marks left: braces or brackets
    uint32_t node;  // first of its reserved nodes
    uint32_t n_slots, n_used;
    uint8_t kind;
};

/* ---- renderer ---- */

enum wt_frame_kind { WT_F_PLAIN, WT_F_LINK, WT_F_EXT, WT_F_JOIN };

/* A piece of text being rendered on behalf of a node: at stop it is finished, the text goes on at
 * resume. */
struct wt_frame {
    uint32_t stop, resume;
    size_t out_at;
    size_t target_at, target_n; // WT_F_LINK, in targets
    uint8_t kind;
};

enum wt_line { WT_L_TEXT, WT_L_HEADING, WT_L_ITEM, WT_L_TERM };

#define WT_LEVELS 16 // list depth that is kept apart

struct wt_quote {
    size_t out_at;
    unsigned n; // 2, 3 or 5
};

struct wt_heading {
    size_t out_at;
    int level;
};

struct wikitext {
    const struct wiki_site *site;
    int with_links;
    const char *s; // the text
    uint32_t n;
    /* nodes */
    struct wt_node *node;
    size_t n_node, cap_node;
    struct wt_open *stack; // WIKITEXT_DEPTH entries
    size_t n_stack;
    size_t n_brace, n_table; // of these kinds on the stack
    size_t n_over;           // opening marks left out because the stack was full
    uint64_t no_close;       // bit per tag name: no closing tag ahead
    /* rendering */
    uint32_t pos, stop; // next byte; end of the current piece
    size_t ni;          // next node
    struct wt_frame *frame;
    size_t n_frame;
    unsigned n_label;    // open frames of links
    uint32_t ext_failed; // no end of an external link before here
    int in_ext;
    /* the line */
    enum wt_line line;
    size_t line_out, line_mark; // where it starts in out, and where its content starts
    size_t line_link;           // links before it
    int removed;                // markup was taken out of it
    int keep_spaces;            // preformatted
    int after_heading;
    struct wt_quote *quote;
    size_t n_quote, cap_quote;
    /* the document */
    char prefix[WT_LEVELS]; // of the last list item
    unsigned n_prefix;
    unsigned number[WT_LEVELS];
    struct wt_heading pending[8]; // headings without text behind them yet, levels ascending
    size_t n_pending;
    int had_heading;
    unsigned html[WT_LEVELS], n_html; // open <ol>: the next number, <ul>: 0
    /* results */
    struct weir_buf out, targets, tmp;
    struct wikitext_link *link;
    size_t n_link, cap_link;
    struct wikitext_range subject;
    int failed; // out of memory
};

static inline void wt_put(wikitext *w, const char *p, size_t n)
{
    struct weir_buf *b = &w->out;
    if (b->cap - b->n < n || !b->p) {
        weir_buf_add(b, p, n);
        return;
    }
    memcpy(b->p + b->n, p, n);
    b->n += n;
}

static inline void wt_putc(wikitext *w, char c)
{
    wt_put(w, &c, 1);
}

static inline int wt_is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static inline char wt_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 32) : c;
}

static inline int wt_is_alpha(char c)
{
    return weir_is_ascii_alpha((unsigned char)c);
}

static inline struct weir_span wt_trim(struct weir_span s)
{
    while (s.n && wt_is_space(s.p[s.n - 1]))
        s.n--;
    while (s.n && wt_is_space(*s.p))
        s.p++, s.n--;
    return s;
}

/* wikitext_scan.c */
int wt_scan(wikitext *w, struct weir_err *err);

/* wikitext_render.c */
/* Renders [at, stop) next and goes on at resume.  NULL (and the piece is passed over) only if
 * frames nested deeper than nodes can. */
struct wt_frame *wt_push(wikitext *w, uint32_t at, uint32_t stop, uint32_t resume,
                         enum wt_frame_kind kind);
/* Goes on behind a node that leaves no text. */
void wt_remove(wikitext *w, uint32_t resume);
/* The first node that starts at or behind pos, by walking on from w->ni; n_node when none. */
size_t wt_node_from(wikitext *w, uint32_t pos);
/* Space between words: none at the start of a line or behind another. */
void wt_space(wikitext *w);
/* Text that is not markup, entities decoded; lines kept when verbatim, else white space joined. */
void wt_raw(wikitext *w, struct weir_span s, int decode, int verbatim);

/* wikitext_line.c */
void wt_line_start(wikitext *w);
void wt_line_end(wikitext *w);
/* Line break that is not the end of a source line: <br>, block tags. */
void wt_break(wikitext *w, int force);
void wt_text_end(wikitext *w);
void wt_truncate(wikitext *w, size_t at);
/* Apostrophes at pos. */
void wt_quotes(wikitext *w);

/* wikitext_link.c */
void wt_link(wikitext *w, const struct wt_node *nd);
void wt_link_end(wikitext *w, const struct wt_frame *f);
/* "[" at pos that is no link node. */
void wt_bracket(wikitext *w);

/* wikitext_template.c */
void wt_template(wikitext *w, size_t i);
void wt_param(wikitext *w, size_t i);
void wt_unclosed_template(wikitext *w);
/* The end of the piece of [at, end) up to the next c outside nodes; ni: first node at or behind
 * at, moved on. */
uint32_t wt_piece_end(const wikitext *w, uint32_t at, uint32_t end, char c, size_t *ni);

/* wikitext_variant.c */
void wt_variant(wikitext *w, size_t i);

/* wikitext_tags.c */
/* The id of the extension tag that opens at s ("<" included), or -1; WT_TABLE_TAG for <table>.
 * *name_n: length of the name. */
#define WT_TABLE_TAG 1000
int wt_tag_open(const char *s, size_t n, size_t *name_n);
enum wt_tag wt_tag_what(int id);
struct weir_span wt_tag_name(int id);
void wt_tag_node(wikitext *w, const struct wt_node *nd);
/* "<" at pos that is no node: HTML. */
void wt_html(wikitext *w);
/* Length of the HTML tag at s when it ends before anything that nests, else 0. */
size_t wt_html_length(const char *s, size_t n);
/* 1 when s starts with "</name", white space, ">"; *len: its length. */
int wt_tag_closes(const char *s, size_t n, struct weir_span name, size_t *len);

/* wikitext_entities.c */
/* The code point of the entity at s ("&" included) and its length; 0 when it is none. */
uint32_t wt_entity(const char *s, size_t n, size_t *len);

/* wikitext_names.c */
/* 1 when a word is a language code that makes [[xx:Title]] an interlanguage link. */
int wt_is_language(struct weir_span s);
/* Length of the behaviour switch ("__TOC__" …) at s, 0 when it is none. */
size_t wt_switch(const char *s, size_t n);

#endif
