#include "ingest/github_reader.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ingest/github_rules.h"
#include "ingest/github_tar.h"
#include "ingest/github_walk.h"
#include "lib/xxh.h"

/* A folder of the archive at hand whose licence is known. */
struct licensed {
    size_t n; // its path is that much of the reader's folder
    const char *license;
};

struct github {
    struct ingest *in;
    enum github_form form;
    struct window w;
    struct tar tar;
    struct walk walk;
    uint64_t end;  // of the last record in the input at hand
    uint64_t line; // lines begun
    uint64_t tail; // bytes of ended inputs that belong to no record
    struct weir_buf folder;
    struct licensed *licensed; // outermost first; each lies inside of the one before
    size_t n_licensed, cap_licensed;
    struct weir_buf scratch;
    XXH3_state_t *hash; // of a folder: paths and contents
    uint64_t folder_bytes;
};

int github_open(struct ingest *in, void **reader, struct weir_err *err)
{
    struct github *g = weir_calloc(1, sizeof(*g));
    if (!g || !(g->hash = XXH3_createState())) {
        free(g);
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    }
    g->in = in;
    *reader = g;
    return 0;
}

void github_close(void *reader)
{
    struct github *g = reader;
    if (!g)
        return;
    window_free(&g->w);
    tar_free(&g->tar);
    walk_free(&g->walk);
    weir_buf_free(&g->folder);
    weir_buf_free(&g->scratch);
    free(g->licensed);
    XXH3_freeState(g->hash);
    free(g);
}

uint64_t github_tail(void *reader)
{
    return ((struct github *)reader)->tail;
}

/* ---- records ---- */

struct weir_span github_path(const struct weir_batch *b, const struct weir_rec *r)
{
    const size_t skip = r->user[GITHUB_PREFIX_N];
    const char *p = b->raw.p + r->raw_at - r->user[GITHUB_PATH_N] + skip;
    size_t n = r->user[GITHUB_PATH_N] - 1 - skip;
    while (n >= 2 && p[0] == '.' && p[1] == '/')
        p += 2, n -= 2;
    return weir_span(p, n);
}

int github_drop(const struct ingest *in, struct weir_batch *b, struct weir_rec *r,
                const char *reason, struct weir_err *err)
{
    const char *source = in->opt->source ? in->opt->source : in->source->name;
    struct weir_buf detail = {0};
    weir_buf_adds(&detail, "\"path\":");
    weir_buf_add_json_lossy(&detail, github_path(b, r));
    const int rc = weir_buf_check(&detail, err);
    weir_rec_source(b, r, weir_span(source, strlen(source)));
    if (!rc)
        weir_rec_drop(b, r, reason, "%.*s", (int)detail.n, detail.p);
    weir_buf_free(&detail);
    return rc;
}

/* The names of a folder's files live in the batch itself, so that any number of files takes no
 * memory for names; when the batch's bytes have moved, so must the pointers to them. */
static void point_at_names(struct weir_batch *b)
{
    for (size_t i = 0; i < b->n_rec; i++) {
        struct weir_rec *r = &b->rec[i];
        if (r->user[GITHUB_FORM] == GITHUB_FOLDER)
            r->file = b->raw.p + r->raw_at - r->user[GITHUB_PATH_N];
    }
}

/* Adds a record for a file with room for n bytes of content, which is not there yet. */
static struct weir_rec *add_file(struct github *g, struct weir_batch *b, struct weir_span path,
                                 size_t n, struct weir_err *err)
{
    const char *before = b->raw.p;
    struct weir_rec *r = weir_batch_add(b, NULL, path.n + 1 + n);
    if (!r) {
        weir_err_set(err, WEIR_EMEM, "out of memory");
        return NULL;
    }
    memcpy(b->raw.p + r->raw_at, path.p, path.n);
    b->raw.p[r->raw_at + path.n] = '\0';
    r->raw_at += path.n + 1;
    r->raw_n = n;
    r->user[GITHUB_FORM] = g->form;
    r->user[GITHUB_PATH_N] = path.n + 1;
    r->file = b->raw.p + r->raw_at - path.n - 1;
    if (before != b->raw.p)
        point_at_names(b);
    return r;
}

/* Is the content worth reading?  When not, *reason says why: a fixed word, or NULL for too long. */
static int wants_content(const struct github *g, struct weir_span path, uint64_t size,
                         const char **reason)
{
    *reason = github_path_reason(path);
    if (*reason)
        return 0;
    if (size <= g->in->job->max_record)
        return 1;
    const struct code_lang *lang = code_lang_detect(path, WEIR_LIT(""));
    *reason = !lang ? "unknown-language" : lang->kind == CODE_DATA ? "data" : NULL;
    return 0;
}

static int leave_out(struct github *g, struct weir_batch *b, struct weir_rec *r, const char *reason,
                     struct weir_err *err)
{
    if (!reason)
        ingest_too_long(g->in, b, r);
    return reason ? github_drop(g->in, b, r, reason, err) : 0;
}

/* ---- folders ---- */

static int read_entry(struct github *g, struct weir_batch *b, const struct walk_entry *e,
                      struct weir_rec **made, struct weir_err *err)
{
    struct weir_rec *r = *made = add_file(g, b, e->path, 0, err);
    if (!r)
        return WEIR_EMEM;
    const char *before = b->raw.p;
    r->user[GITHUB_PREFIX_N] = e->prefix;
    r->user[GITHUB_LICENSE_P] = (uintptr_t)e->license;
    r->length = e->size;
    static const char *const reasons[] = {
        [WALK_LINK] = "link", [WALK_SPECIAL] = "special", [WALK_VCS] = "vcs"};
    const char *reason = reasons[e->kind];
    if (reason)
        return github_drop(g->in, b, r, reason, err);
    if (!wants_content(g, github_path(b, r), e->size, &reason))
        return leave_out(g, b, r, reason, err);
    if (weir_buf_reserve(&b->raw, e->size))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    const int rc = walk_read_file(e->path.p, g->in->job->max_record + 1, &b->raw, err);
    if (b->raw.p != before)
        point_at_names(b);
    if (rc)
        return rc;
    r->raw_n = r->length = b->raw.n - r->raw_at;
    if (r->length > g->in->job->max_record) { // it has grown meanwhile
        b->raw.n = r->raw_at;
        r->raw_n = 0;
        ingest_too_long(g->in, b, r);
    }
    return 0;
}

static int end_folder(struct github *g, struct weir_err *err)
{
    XXH128_canonical_t c;
    XXH128_canonicalFromHash(&c, XXH3_128bits_digest(g->hash));
    g->scratch.n = 0;
    weir_buf_add_hex(&g->scratch, c.digest, sizeof(c.digest));
    weir_buf_addc(&g->scratch, '\0');
    g->form = GITHUB_NONE;
    if (weir_buf_check(&g->scratch, err))
        return WEIR_EMEM;
    return weir_inputs_skip(g->in->inputs, g->folder_bytes, g->scratch.p, err);
}

static int next_in_folder(struct github *g, struct weir_batch *b, struct weir_err *err)
{
    struct walk_entry e;
    struct weir_rec *r;
    const int got = walk_next(&g->walk, &e, err);
    if (got <= 0)
        return got;
    const int rc = read_entry(g, b, &e, &r, err);
    if (rc)
        return rc;
    XXH3_128bits_update(g->hash, r->file + e.prefix, strlen(r->file) + 1 - e.prefix);
    XXH3_128bits_update(g->hash, b->raw.p + r->raw_at, r->raw_n);
    g->folder_bytes += r->length;
    return 1;
}

/* ---- tar archives ---- */

static struct weir_span folder_of(struct weir_span path)
{
    const char *slash = path.n ? memrchr(path.p, '/', path.n) : NULL;
    return weir_span(path.p, slash ? (size_t)(slash - path.p) + 1 : 0);
}

/* Forgets the folders that path does not lie in. */
static void leave_folders(struct github *g, struct weir_span path)
{
    while (g->n_licensed) {
        const size_t n = g->licensed[g->n_licensed - 1].n;
        if (n <= path.n && (!n || !memcmp(g->folder.p, path.p, n)))
            return;
        g->n_licensed--;
    }
}

/* A licence file speaks for the members of its folder that come behind it. */
static int note_license(struct github *g, struct weir_span path, struct weir_span text,
                        struct weir_err *err)
{
    const struct weir_span folder = folder_of(path);
    const char *id = github_license_of_text(text, &g->scratch);
    struct licensed *top = g->n_licensed ? &g->licensed[g->n_licensed - 1] : NULL;
    if (top && top->n == folder.n) {
        if (top->license != id)
            top->license = NULL;
        return 0;
    }
    if (weir_grow(&g->licensed, &g->cap_licensed, g->n_licensed + 1, sizeof(*g->licensed)))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    g->licensed[g->n_licensed++] = (struct licensed){folder.n, id};
    g->folder.n = 0;
    weir_buf_add(&g->folder, folder.p, folder.n);
    return weir_buf_check(&g->folder, err);
}

static int read_member(struct github *g, struct weir_batch *b, struct weir_rec *r,
                       const struct tar_member *m, struct weir_err *err)
{
    const struct weir_span path = m->path;
    int rc = window_read(&g->w, b->raw.p + r->raw_at, m->size, err);
    if (rc)
        return rc;
    leave_folders(g, path);
    const char *slash = memrchr(path.p, '/', path.n);
    const size_t at = slash ? (size_t)(slash - path.p) + 1 : 0;
    if (github_is_license_name(weir_span(path.p + at, path.n - at)))
        rc = note_license(g, path, weir_rec_raw(b, r), err);
    if (!rc && g->n_licensed)
        r->user[GITHUB_LICENSE_P] = (uintptr_t)g->licensed[g->n_licensed - 1].license;
    return rc;
}

static int next_in_tar(struct github *g, struct weir_batch *b, struct weir_err *err)
{
    static const char *const reasons[] = {[TAR_LINK] = "link",
                                          [TAR_SPECIAL] = "special",
                                          [TAR_SPARSE] = "sparse",
                                          [TAR_UNKNOWN] = "unknown-type"};
    struct tar_member m;
    const char *reason = NULL;
    int got;
    do {
        got = tar_next(&g->tar, &m, err);
        if (got > 0 && m.restarts)
            g->n_licensed = 0;
    } while (got > 0 && m.kind == TAR_FOLDER);
    if (got <= 0)
        return got;
    const int wants = m.kind == TAR_FILE ? wants_content(g, m.path, m.size, &reason) : 0;
    if (m.kind != TAR_FILE)
        reason = reasons[m.kind];
    struct weir_rec *r = add_file(g, b, m.path, wants ? (size_t)m.size : 0, err);
    if (!r)
        return WEIR_EMEM;
    r->file = weir_inputs_name(g->in->inputs);
    r->offset = m.data_at;
    r->length = m.size;
    r->framing = m.data_at - g->end;
    g->end = m.data_at + m.size;
    const int rc = wants ? read_member(g, b, r, &m, err) : leave_out(g, b, r, reason, err);
    return rc ? rc : 1;
}

/* ---- JSON Lines ---- */

static int is_blank(struct weir_span s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] != ' ' && s.p[i] != '\t' && s.p[i] != '\r')
            return 0;
    }
    return 1;
}

/* Skips the rest of a line that is too long: its bytes, from *n that were seen. */
static int pass_over(struct github *g, uint64_t *n, struct weir_err *err)
{
    for (;;) {
        const int rc = window_fill(&g->w, 1, err);
        if (rc)
            return rc;
        const struct weir_span s = window_span(&g->w);
        const char *nl = s.n ? memchr(s.p, '\n', s.n) : NULL;
        const size_t here = nl ? (size_t)(nl - s.p) : s.n;
        *n += here;
        window_take(&g->w, here);
        if (nl || !s.n)
            return 0;
    }
}

/* The next line, its newline left in the window: 1 with its bytes, 0 at the end. */
static int find_line(struct github *g, struct weir_span *line, struct weir_err *err)
{
    size_t seen = 0;
    *line = weir_span(NULL, 0);
    for (;;) {
        const int rc = window_fill(&g->w, seen + 1, err);
        if (rc)
            return rc;
        *line = window_span(&g->w);
        const char *nl = line->n > seen ? memchr(line->p + seen, '\n', line->n - seen) : NULL;
        if (nl) {
            line->n = (size_t)(nl - line->p);
            return 1;
        }
        if (line->n == seen || line->n > g->in->job->max_record)
            return line->n > 0;
        seen = line->n;
    }
}

static int next_line(struct github *g, struct weir_batch *b, struct weir_err *err)
{
    for (;;) {
        struct weir_span line;
        const uint64_t start = g->w.offset;
        const int got = find_line(g, &line, err);
        if (got <= 0)
            return got;
        const int is_long = line.n > g->in->job->max_record;
        struct weir_rec *r = NULL;
        if (!is_blank(line) || is_long) {
            r = weir_batch_add(b, line.p, is_long ? 256 : line.n);
            if (!r)
                return weir_err_set(err, WEIR_EMEM, "out of memory");
        }
        uint64_t length = line.n;
        window_take(&g->w, line.n);
        int rc = is_long ? pass_over(g, &length, err) : 0;
        if (!rc && window_span(&g->w).n)
            window_take(&g->w, 1);
        g->line++;
        if (rc)
            return rc;
        if (!r)
            continue;
        r->file = weir_inputs_name(g->in->inputs);
        r->offset = start;
        r->length = length;
        r->line = g->line;
        r->framing = start - g->end;
        r->user[GITHUB_FORM] = GITHUB_LINES;
        g->end = start + length;
        if (is_long)
            ingest_too_long(g->in, b, r);
        return 1;
    }
}

/* ---- inputs ---- */

static int begin_folder(struct github *g, const char *path, struct weir_err *err)
{
    g->form = GITHUB_FOLDER;
    g->folder_bytes = 0;
    XXH3_128bits_reset(g->hash);
    return walk_start(&g->walk, path, err);
}

static int is_folder(const char *path)
{
    struct stat st;
    return path && !stat(path, &st) && S_ISDIR(st.st_mode);
}

/* An archive begins with a header, anything else must be JSON Lines. */
static int begin_stream(struct github *g, weir_io *io, struct weir_err *err)
{
    window_start(&g->w, io, weir_inputs_name(g->in->inputs));
    g->end = g->line = g->n_licensed = 0;
    const int rc = window_fill(&g->w, 512, err);
    if (rc)
        return rc;
    const struct weir_span s = window_span(&g->w);
    g->form = GITHUB_LINES;
    if (s.n >= 512 && tar_is_header(s.p)) {
        g->form = GITHUB_TAR;
        tar_start(&g->tar, &g->w);
        return 0;
    }
    if (s.n >= 3 && !memcmp(s.p, "\xEF\xBB\xBF", 3))
        window_take(&g->w, 3);
    const struct weir_span rest = window_span(&g->w);
    size_t i = 0;
    while (i < rest.n && strchr(" \t\r\n", rest.p[i]) && rest.p[i])
        i++;
    if (i < rest.n && rest.p[i] != '{')
        return weir_err_set(err, WEIR_EBAD, "%s: neither a tar archive nor JSON Lines",
                            weir_inputs_name(g->in->inputs));
    return 0;
}

/* 1 when an input was begun, 0 behind the last. */
static int begin(struct github *g, struct weir_err *err)
{
    const char *path = weir_inputs_path(g->in->inputs);
    int rc;
    if (is_folder(path)) {
        rc = begin_folder(g, path, err);
    } else {
        weir_io *io = weir_inputs_stream(g->in->inputs, err);
        if (!io)
            return err->code;
        rc = begin_stream(g, io, err);
    }
    return rc ? rc : 1;
}

static int end_stream(struct github *g, struct weir_err *err)
{
    g->tail += g->w.offset - g->end;
    g->form = GITHUB_NONE;
    return weir_inputs_next(g->in->inputs, err);
}

int github_next(void *reader, struct weir_batch *b, struct weir_err *err)
{
    struct github *g = reader;
    for (;;) {
        int got = g->form == GITHUB_NONE ? begin(g, err) : 1;
        if (got <= 0)
            return got;
        got = g->form == GITHUB_FOLDER ? next_in_folder(g, b, err)
              : g->form == GITHUB_TAR  ? next_in_tar(g, b, err)
                                       : next_line(g, b, err);
        if (got)
            return got;
        got = g->form == GITHUB_FOLDER ? end_folder(g, err) : end_stream(g, err);
        if (got)
            return got;
    }
}
