#include "indexer/index_manifest.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/index_reader.h"
#include "lib/xxh.h"
#include "weir/indexer.h"
#include "weir/json.h"
#include "weir/utf8.h"

enum { MAX_BYTES = 64 << 20 }; // a manifest is some hundred bytes a source

/* ---- writing ---- */

static void put_optional(struct weir_buf *b, const char *name, int64_t v)
{
    if (v < 0)
        weir_buf_addf(b, "  \"%s\": null,\n", name);
    else
        weir_buf_addf(b, "  \"%s\": %" PRId64 ",\n", name, v);
}

static void put_content(struct weir_buf *b, const char *name, const struct index_content *c)
{
    weir_buf_addf(b, "  \"%s\": {\"bytes\": %" PRIu64 ", \"xxh128\": \"%s\"},\n", name, c->bytes,
                  c->hash);
}

static void put_sources(struct weir_buf *b, const struct weir_names *sources)
{
    weir_buf_adds(b, "  \"sources\": {");
    for (size_t i = 0; i < sources->n; i++) {
        const struct weir_named *s = &sources->at[i];
        weir_buf_adds(b, i ? ",\n    " : "\n    ");
        weir_buf_add_json(b, weir_span(s->name, strlen(s->name)));
        weir_buf_addf(b, ": {\"documents\": %" PRIu64 ", \"text_bytes\": ", s->in.records);
        if (s->in.tokens)
            weir_buf_adds(b, "null");
        else
            weir_buf_addf(b, "%" PRIu64, s->in.bytes);
        weir_buf_addf(b, ", \"sequences\": %" PRIu64 ", \"tokens\": %" PRIu64 "}", s->out.records,
                      s->out.tokens);
    }
    weir_buf_adds(b, sources->n ? "\n  },\n" : "},\n");
}

/* The last member: over all bytes before its line. */
static void put_checksum(struct weir_buf *b, const char *p, size_t n)
{
    weir_buf_addf(b, "  \"checksum\": \"%016" PRIx64 "\"\n}\n",
                  b->failed ? 0 : (uint64_t)XXH3_64bits(p, n));
}

static int checksum_ok(const char *p, size_t n)
{
    enum { TAIL = sizeof "  \"checksum\": \"0123456789abcdef\"\n}\n" - 1 };
    struct weir_buf tail = {0};
    if (n < TAIL)
        return 0;
    put_checksum(&tail, p, n - TAIL);
    const int ok = !tail.failed && tail.n == TAIL && !memcmp(tail.p, p + n - TAIL, TAIL);
    weir_buf_free(&tail);
    return ok;
}

void index_manifest_put(struct weir_buf *b, const struct index_manifest *m)
{
    const size_t base = b->n;
    weir_buf_addf(b, "{\n  \"weir_dataset\": 1,\n  \"format\": \"%s\",\n  \"dtype\": \"%s\",\n",
                  m->knowlm ? "knowlm" : "megatron", index_dtype_name(m->dtype));
    weir_buf_addf(b, "  \"unit\": %s,\n",
                  m->unit < 0                     ? "null"
                  : m->unit == WEIR_UNIT_DOCUMENT ? "\"document\""
                                                  : "\"chunk\"");
    put_optional(b, "max_tokens", m->max_tokens);
    put_optional(b, "pad", m->pad);
    put_optional(b, "eod", m->eod);
    weir_buf_addf(b, "  \"max_id\": %" PRIu64 ",\n", m->max_id);
    weir_buf_addf(b, "  \"tokenizer\": {\"sha256\": \"%s\", \"vocab_size\": %" PRIu64 "},\n",
                  m->tokenizer, m->vocab_size);
    weir_buf_addf(b,
                  "  \"sequences\": %" PRIu64 ",\n  \"documents\": %" PRIu64
                  ",\n  \"tokens\": %" PRIu64 ",\n",
                  m->n_seqs, m->n_docs, m->n_tokens);
    put_content(b, "bin", &m->bin);
    put_content(b, "idx", &m->idx);
    put_content(b, "prov", &m->prov);
    put_sources(b, &m->sources);
    weir_buf_adds(b, "  \"commands\": [");
    weir_buf_add(b, m->commands.p, m->commands.n);
    weir_buf_adds(b, "],\n");
    put_checksum(b, b->p + base, b->n - base);
}

/* ---- commands ---- */

/* The next string of a JSON array's inside, quotes included.  1; 0 at the end or when it is no
 * string (rest->n stays above 0). */
static int next_command(struct weir_span *rest, struct weir_span *command)
{
    size_t at = 0, end;
    while (at < rest->n && memchr(" \t\r\n,", rest->p[at], 5))
        at++;
    *rest = weir_span(rest->p + at, rest->n - at);
    if (!rest->n || rest->p[0] != '"')
        return 0;
    for (end = 1; end < rest->n && rest->p[end] != '"'; end++)
        end += rest->p[end] == '\\';
    if (end >= rest->n)
        return 0;
    *command = weir_span(rest->p, end + 1);
    *rest = weir_span(rest->p + end + 1, rest->n - end - 1);
    return 1;
}

/* Whether a command is in the list; *n of them were looked at. */
static int has_command(struct weir_span list, struct weir_span command, size_t *n)
{
    struct weir_span c;
    for (*n = 0; next_command(&list, &c); ++*n)
        if (c.n == command.n && !memcmp(c.p, command.p, c.n))
            return 1;
    return 0;
}

/* Each different command once, in order of first appearance. */
static int add_commands(struct index_manifest *m, struct weir_span list, struct weir_err *err)
{
    enum { MAX_COMMANDS = 4096 }; // they are compared with one another
    struct weir_span c;
    size_t n;
    while (next_command(&list, &c)) {
        if (has_command(weir_buf_span(&m->commands), c, &n))
            continue;
        if (n >= MAX_COMMANDS)
            return weir_err_set(err, WEIR_EBAD, "more than %d different commands", MAX_COMMANDS);
        weir_buf_adds(&m->commands, n ? ", " : "");
        weir_buf_add(&m->commands, c.p, c.n);
    }
    return list.n ? weir_err_set(err, WEIR_EBAD, "a command is no string")
                  : weir_buf_check(&m->commands, err);
}

/* ---- reading ---- */

/* An object's members; which one is missing or wrong ends in err. */
struct members {
    struct weir_field *f;
    size_t n;
    struct weir_err *err;
};

static const struct weir_field *member(struct members *o, const char *name,
                                       enum weir_json_type type)
{
    const struct weir_field *f = weir_json_find(o->f, o->n, name);
    if (f && f->type == type)
        return f;
    weir_err_set(o->err, WEIR_EBAD, "member \"%s\" is missing or of another type", name);
    return NULL;
}

static uint64_t number(struct members *o, const char *name)
{
    uint64_t v = 0;
    const struct weir_field *f = member(o, name, WEIR_JSON_NUMBER);
    if (f && weir_json_u64(f, &v))
        weir_err_set(o->err, WEIR_EBAD, "member \"%s\" is no whole number", name);
    return v;
}

static int64_t optional(struct members *o, const char *name)
{
    const struct weir_field *f = weir_json_find(o->f, o->n, name);
    if (f && f->type == WEIR_JSON_NULL)
        return -1;
    const uint64_t v = number(o, name);
    if (v > INT64_MAX)
        weir_err_set(o->err, WEIR_EBAD, "member \"%s\" is too large", name);
    return (int64_t)v;
}

static struct weir_span string(struct members *o, const char *name)
{
    const struct weir_field *f = member(o, name, WEIR_JSON_STRING);
    return f ? f->str : weir_span("", 0);
}

/* A hexadecimal string of exactly digits digits. */
static void hex(struct members *o, const char *name, char *to, size_t digits)
{
    const struct weir_span s = string(o, name);
    size_t n = 0;
    while (n < s.n && n < digits && memchr("0123456789abcdef", s.p[n], 16))
        n++;
    if (n != digits || s.n != digits) {
        weir_err_set(o->err, WEIR_EBAD, "member \"%s\" is not %zu hexadecimal digits", name,
                     digits);
        return;
    }
    memcpy(to, s.p, digits);
    to[digits] = '\0';
}

/* One parser a level: fields live until the next call with the same one. */
struct parsers {
    weir_json *top, *middle, *low;
};

static struct members object(struct members *o, const char *name, weir_json *with)
{
    struct members inner = {.err = o->err};
    const struct weir_field *f = member(o, name, WEIR_JSON_OBJECT);
    if (f && weir_json_object(with, f->raw.p, f->raw.n, &inner.f, &inner.n, o->err))
        inner.n = 0;
    return inner;
}

static void get_content(struct members *o, const char *name, struct index_content *c,
                        weir_json *with)
{
    struct members file = object(o, name, with);
    c->bytes = number(&file, "bytes");
    hex(&file, "xxh128", c->hash, 32);
}

static void get_sources(struct members *o, struct weir_names *to, struct parsers *with)
{
    struct members all = object(o, "sources", with->middle);
    for (size_t i = 0; i < all.n && !o->err->code; i++) {
        struct members s = {.err = o->err};
        if (all.f[i].type != WEIR_JSON_OBJECT) {
            weir_err_set(o->err, WEIR_EBAD, "a source is no object");
            return;
        }
        if (weir_json_object(with->low, all.f[i].raw.p, all.f[i].raw.n, &s.f, &s.n, o->err))
            return;
        const int64_t text = optional(&s, "text_bytes");
        const struct weir_count in = {number(&s, "documents"), text < 0 ? 0 : (uint64_t)text,
                                      text < 0};
        const struct weir_count out = {number(&s, "sequences"), 0, number(&s, "tokens")};
        if (weir_names_add(to, all.f[i].key, in, out))
            weir_err_set(o->err, WEIR_EMEM, "out of memory");
    }
}

static void get_words(struct members *o, struct index_manifest *m)
{
    const struct weir_span format = string(o, "format");
    m->knowlm = weir_span_is(format, "knowlm");
    if (!m->knowlm && !weir_span_is(format, "megatron"))
        weir_err_set(o->err, WEIR_EBAD, "an unknown format");
    const struct weir_span dtype = string(o, "dtype");
    for (unsigned code = 1; code < 9; code++)
        if (index_dtype_name((uint8_t)code) && weir_span_is(dtype, index_dtype_name((uint8_t)code)))
            m->dtype = (uint8_t)code;
    if (!m->dtype)
        weir_err_set(o->err, WEIR_EBAD, "an unknown dtype");
    const struct weir_field *unit = weir_json_find(o->f, o->n, "unit");
    m->unit = !unit || unit->type == WEIR_JSON_NULL ? -1
              : weir_span_is(unit->str, "document") ? WEIR_UNIT_DOCUMENT
                                                    : WEIR_UNIT_CHUNK;
}

static void get_all(struct index_manifest *m, struct members *o, struct parsers *with)
{
    if (number(o, "weir_dataset") != 1)
        weir_err_set(o->err, WEIR_EBAD, "an unknown version of the manifest");
    get_words(o, m);
    m->max_tokens = optional(o, "max_tokens");
    m->pad = optional(o, "pad");
    m->eod = optional(o, "eod");
    m->max_id = number(o, "max_id");
    m->n_seqs = number(o, "sequences");
    m->n_docs = number(o, "documents");
    m->n_tokens = number(o, "tokens");
    struct members tokenizer = object(o, "tokenizer", with->middle);
    hex(&tokenizer, "sha256", m->tokenizer, 64);
    m->vocab_size = number(&tokenizer, "vocab_size");
    get_content(o, "bin", &m->bin, with->middle);
    get_content(o, "idx", &m->idx, with->middle);
    get_content(o, "prov", &m->prov, with->middle);
    get_sources(o, &m->sources, with);
    const struct weir_field *commands = member(o, "commands", WEIR_JSON_ARRAY);
    if (commands && !o->err->code)
        add_commands(m, weir_span(commands->raw.p + 1, commands->raw.n - 2), o->err);
}

int index_manifest_get(struct index_manifest *m, const char *p, size_t n, struct weir_err *err)
{
    memset(m, 0, sizeof *m);
    struct parsers with = {weir_json_new(err), weir_json_new(err), weir_json_new(err)};
    struct members o = {.err = err};
    if (with.top && with.middle && with.low && !weir_json_object(with.top, p, n, &o.f, &o.n, err))
        get_all(m, &o, &with);
    weir_json_free(with.top);
    weir_json_free(with.middle);
    weir_json_free(with.low);
    return err->code;
}

int index_manifest_read(struct index_manifest *m, const char *prefix, struct weir_err *err)
{
    memset(m, 0, sizeof *m);
    if (!index_file_exists(prefix, ".json"))
        return 0;
    struct index_file f = {.fd = -1};
    struct weir_buf b = {0};
    int rc = index_file_open(&f, prefix, ".json", err);
    if (!rc && f.size > MAX_BYTES)
        rc = weir_err_set(err, WEIR_EBAD, "%s: too large for a manifest", f.path.p);
    if (!rc && weir_buf_reserve(&b, f.size))
        rc = weir_err_set(err, WEIR_EMEM, "out of memory");
    if (!rc)
        rc = index_file_read(&f, 0, b.p, f.size, err);
    if (!rc) {
        memset(b.p + f.size, 0, WEIR_PADDING);
        rc = index_manifest_get(m, b.p, f.size, err);
        if (!rc && !checksum_ok(b.p, f.size))
            rc = weir_err_set(err, WEIR_EBAD, "checksum differs: changed since it was written");
        weir_err_prefix(err, "%s", f.path.p);
    }
    weir_buf_free(&b);
    index_file_close(&f);
    return rc ? rc : 1;
}

/* ---- merging ---- */

static int same_kind(const struct index_manifest *m, const struct index_manifest *part,
                     struct weir_err *err)
{
    if (strcmp(m->tokenizer, part->tokenizer) || m->vocab_size != part->vocab_size)
        return weir_err_set(err, WEIR_EBAD, "made with another tokenizer than those before it");
    if (m->knowlm != part->knowlm)
        return weir_err_set(err, WEIR_EBAD, "of another format than those before it");
    if (m->dtype != part->dtype)
        return weir_err_set(err, WEIR_EBAD, "%s, those before it are %s",
                            index_dtype_name(part->dtype), index_dtype_name(m->dtype));
    return 0;
}

static int64_t common(int64_t a, int64_t b)
{
    return a == b ? a : -1;
}

int index_manifest_merge(struct index_manifest *m, const struct index_manifest *part,
                         size_t n_parts, struct weir_err *err)
{
    if (n_parts) {
        const int rc = same_kind(m, part, err);
        if (rc)
            return rc;
        m->unit = (int)common(m->unit, part->unit);
        m->max_tokens = common(m->max_tokens, part->max_tokens);
        m->pad = common(m->pad, part->pad);
        m->eod = common(m->eod, part->eod);
    } else {
        m->knowlm = part->knowlm;
        m->dtype = part->dtype;
        m->unit = part->unit;
        m->max_tokens = part->max_tokens;
        m->pad = part->pad;
        m->eod = part->eod;
        m->vocab_size = part->vocab_size;
        memcpy(m->tokenizer, part->tokenizer, sizeof m->tokenizer);
    }
    m->max_id = m->max_id > part->max_id ? m->max_id : part->max_id;
    m->n_seqs += part->n_seqs;
    m->n_docs += part->n_docs;
    m->n_tokens += part->n_tokens;
    for (size_t i = 0; i < part->sources.n; i++) {
        const struct weir_named *s = &part->sources.at[i];
        if (weir_names_add(&m->sources, weir_span(s->name, strlen(s->name)), s->in, s->out))
            return weir_err_set(err, WEIR_EMEM, "out of memory");
    }
    return add_commands(m, weir_buf_span(&part->commands), err);
}

void index_manifest_free(struct index_manifest *m)
{
    for (size_t i = 0; i < m->sources.n; i++)
        free(m->sources.at[i].name);
    free(m->sources.at);
    weir_buf_free(&m->commands);
    memset(m, 0, sizeof *m);
}

struct index_content index_content_of(uint64_t bytes, const void *hash_state)
{
    struct index_content c = {.bytes = bytes};
    XXH128_canonical_t digest;
    XXH128_canonicalFromHash(&digest, XXH3_128bits_digest(hash_state));
    for (int i = 0; i < 16; i++)
        snprintf(c.hash + 2 * i, 3, "%02x", digest.digest[i]);
    return c;
}

int index_content_check(const struct index_content *said, const struct index_content *is,
                        const char *path, struct weir_err *err)
{
    if (is->bytes != said->bytes)
        return weir_err_set(err, WEIR_EBAD, "%s: %" PRIu64 " bytes, the manifest says %" PRIu64,
                            path, is->bytes, said->bytes);
    if (strcmp(is->hash, said->hash))
        return weir_err_set(err, WEIR_EBAD, "%s: XXH3-128 is %s, the manifest says %s", path,
                            is->hash, said->hash);
    return 0;
}

void index_content_list(struct weir_buf *list, const char *path, const struct index_content *c)
{
    weir_buf_adds(list, list->n ? ",{\"name\":" : "{\"name\":");
    weir_buf_add_json_lossy(list, weir_span(path, strlen(path)));
    weir_buf_addf(list, ",\"bytes\":%" PRIu64 ",\"xxh128\":\"%s\"}", c->bytes, c->hash);
}
