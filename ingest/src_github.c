/* Source code of repositories: what is text that people wrote, in which language, under which
 * licence. */
#include <stdlib.h>
#include <string.h>

#include "ingest/github_reader.h"
#include "ingest/github_rules.h"
#include "ingest/ingest_json.h"

/* Why content is left out, or NULL with its language. */
static const char *judge(struct weir_span path, struct weir_span text,
                         const struct code_lang **lang, struct github_lines *lines)
{
    memset(lines, 0, sizeof(*lines));
    *lang = code_lang_detect(path, text);
    if (!*lang)
        return "unknown-language";
    if ((*lang)->kind == CODE_DATA)
        return "data";
    if (github_is_generated(text))
        return "generated";
    github_measure_lines(text, lines);
    return github_is_minified(*lang, lines) ? "minified" : NULL;
}

/* What the document says besides its text. */
static void describe(struct ingest_doc *d, const struct code_lang *lang, const char *license)
{
    const struct weir_span tag = github_license_tag(d->text);
    d->code_lang = weir_span(lang->name, strlen(lang->name));
    d->lang = lang->kind == CODE_PROSE ? weir_span(NULL, 0) : WEIR_LIT("und");
    if (tag.n)
        d->license = tag;
    else if (license)
        d->license = weir_span(license, strlen(license));
}

static int is_utf16(struct weir_span s)
{
    return s.n >= 2 && (!memcmp(s.p, "\xFF\xFE", 2) || !memcmp(s.p, "\xFE\xFF", 2));
}

/* The text of a file; *reason says why there is none. */
static int decode(struct ingest *in, struct ingest_out *out, struct weir_batch *b,
                  struct weir_rec *r, struct weir_span *text, const char **reason,
                  struct weir_err *err)
{
    const struct weir_span raw = weir_rec_raw(b, r);
    const int nul_is_text = is_utf16(raw) || in->opt->encoding == WEIR_ENC_UTF16;
    *reason = !raw.n ? "empty" : NULL;
    if (!*reason && !nul_is_text && memchr(raw.p, '\0', raw.n))
        *reason = "binary";
    if (*reason)
        return 0;
    const int got = ingest_utf8(in, out, b, r, raw, text, err);
    if (got == 0)
        *reason = "encoding"; // one file of a repository, no reason to end the run
    return got < 0 ? got : 0;
}

static int convert_file(struct ingest *in, struct ingest_out *out, struct weir_batch *b,
                        struct weir_rec *r, struct weir_err *err)
{
    struct ingest_doc d = {.path = github_path(b, r)};
    const struct code_lang *lang;
    struct github_lines lines;
    const char *reason;
    const int rc = decode(in, out, b, r, &d.text, &reason, err);
    if (rc)
        return rc;
    if (!reason)
        reason = judge(d.path, d.text, &lang, &lines);
    if (reason)
        return github_drop(in, b, r, reason, err);
    d.made_of = weir_span(d.path.p, d.path.n + 1 + weir_rec_raw(b, r).n);
    describe(&d, lang, (const char *)(uintptr_t)r->user[GITHUB_LICENSE_P]);
    return ingest_emit(in, out, b, r, &d, err);
}

/* A JSON record's content by the same rules. */
static int check_json(struct weir_batch *b, struct weir_rec *r, struct ingest_doc *d)
{
    const struct weir_span path = d->path.p ? d->path : WEIR_LIT("");
    const struct code_lang *lang;
    struct github_lines lines;
    const char *reason = github_path_reason(path);
    if (!reason && d->text.n && memchr(d->text.p, '\0', d->text.n))
        reason = "binary";
    if (!reason && !d->text.n)
        reason = "empty";
    if (!reason)
        reason = judge(path, d->text, &lang, &lines);
    if (reason) {
        weir_rec_drop(b, r, reason, NULL);
        return 0;
    }
    describe(d, lang, NULL);
    return 1;
}

static int convert(struct ingest *in, void *thread, struct ingest_out *out, struct weir_batch *b,
                   struct weir_rec *r, struct weir_err *err)
{
    static const struct ingest_json_names names = {
        .text = {"content"}, .id = {"id"}, .check = check_json};
    if (r->fate != WEIR_PASS) // decided by the reader
        return 0;
    if (r->user[GITHUB_FORM] == GITHUB_LINES)
        return ingest_json_convert(&names, in, thread, out, b, r, err);
    return convert_file(in, out, b, r, err);
}

const struct ingest_source ingest_github = {
    .name = "github",
    .help = "repositories: folders, tar archives, JSON Lines with content and path",
    .open = github_open,
    .next = github_next,
    .close = github_close,
    .tail = github_tail,
    .thread_new = ingest_json_thread_new,
    .thread_free = ingest_json_thread_free,
    .convert = convert,
    .refuses = INGEST_NO_LINKS,
    .keeps_dirs = 1};
