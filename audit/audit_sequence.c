/* A sequence of a dataset: its tokens, the documents they are of, and the raw bytes of a token's
 * document. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "audit/audit_browse.h"
#include "weir/utf8.h"

/* [id,"text"], or [id,null,"e4b8"] for bytes that are no characters, or [id]. */
static void put_token(const struct browse *b, uint32_t id, struct weir_buf *bytes,
                      struct weir_buf *to)
{
    struct weir_tok_stream stream = {.any_text = 1}; // not the first: it keeps its space
    struct weir_err err = {0};
    bytes->n = 0;
    weir_buf_addf(to, "[%u", id);
    if (b->tok && id < weir_tok_vocab_size(b->tok) &&
        !weir_tok_stream_next(b->tok, &stream, id, bytes, &err)) {
        weir_buf_add(bytes, stream.bytes, stream.n_bytes);
        const char *p = bytes->n ? bytes->p : "";
        if (weir_utf8_valid(p, bytes->n) == bytes->n) {
            weir_buf_addc(to, ',');
            weir_buf_add_json(to, weir_span(p, bytes->n));
        } else {
            weir_buf_adds(to, ",null,\"");
            weir_buf_add_hex(to, p, bytes->n);
            weir_buf_addc(to, '"');
        }
    }
    weir_buf_addc(to, ']');
}

static int put_tokens(const struct browse *b, const struct browse_set *s,
                      const struct index_seq *seq, struct weir_buf *to, struct weir_err *err)
{
    uint32_t ids[BROWSE_TOKENS];
    struct weir_buf bytes = {0};
    const size_t n = seq->n < BROWSE_TOKENS ? (size_t)seq->n : BROWSE_TOKENS;
    const int rc = index_reader_ids(&s->r, seq->at, n, ids, err);
    weir_buf_addf(to, ",\"length\":%lld,\"tokens\":[", (long long)seq->n);
    for (size_t i = 0; !rc && i < n; i++) {
        if (i)
            weir_buf_addc(to, ',');
        put_token(b, ids[i], &bytes, to);
    }
    weir_buf_addc(to, ']');
    weir_buf_free(&bytes);
    return rc;
}

/* ---- the raw bytes ---- */

/* The name comes from the data: a pipe or a device must not be waited for, and what lies far inside
 * a compressed file not looked for. */
static void put_raw(const char *file, uint64_t offset, uint64_t length, struct weir_buf *to)
{
    struct weir_err why = {0};
    struct stat st;
    char raw[BROWSE_RAW];
    const size_t n = length < sizeof raw ? (size_t)length : sizeof raw;
    if (stat(file, &st))
        weir_err_errno(&why, "%s: cannot open", file);
    else if (!S_ISREG(st.st_mode))
        weir_err_set(&why, WEIR_EBAD, "%s: not a regular file", file);
    else if (offset > BROWSE_SKIP)
        weir_err_set(&why, WEIR_EUSAGE, "%s: too far inside to look for it here", file);
    weir_io *io = why.code ? NULL : weir_io_open_read(file, &why);
    const int ok =
        io && !weir_io_skip(io, offset, &why) && (!n || weir_io_read_all(io, raw, n, &why) == 1);
    weir_io_abort(io);
    weir_buf_adds(to, ok ? ",\"raw\":" : ",\"raw_error\":");
    weir_buf_add_json_lossy(to, ok ? weir_span(raw, n) : weir_span(why.msg, strlen(why.msg)));
}

static void put_origin(struct browse *b, struct weir_span origin, struct weir_buf *to)
{
    struct weir_buf text = {0};
    struct weir_err err = {0};
    struct weir_field *f;
    size_t n;
    uint64_t offset, length;
    weir_buf_add(&text, origin.p, origin.n);
    if (!weir_buf_reserve(&text, 0) && origin.n &&
        !weir_json_object(b->json[1], text.p, text.n, &f, &n, &err)) {
        weir_buf_adds(to, ",\"origin\":");
        weir_buf_add(to, origin.p, origin.n);
        const struct weir_field *file = weir_json_find(f, n, "file");
        if (file && file->type == WEIR_JSON_STRING && !memchr(file->str.p, '\0', file->str.n) &&
            !weir_json_u64(weir_json_find(f, n, "offset"), &offset) &&
            !weir_json_u64(weir_json_find(f, n, "length"), &length)) {
            char *name = strndup(file->str.p, file->str.n);
            if (name)
                put_raw(name, offset, length, to);
            free(name);
        }
    }
    weir_buf_free(&text);
}

/* ---- documents ---- */

static int put_piece(struct browse *b, const struct browse_set *s, const struct index_piece *p,
                     struct weir_buf *to, struct weir_err *err)
{
    struct index_prov_doc d = {.id = {0}};
    struct weir_buf doc = {0};
    const int rc = index_prov_doc(&s->prov, p->doc, &doc, &d, err);
    if (!rc) {
        weir_buf_adds(to, "{\"id\":");
        weir_buf_add_json_lossy(to, d.id);
        weir_buf_adds(to, ",\"source\":");
        weir_buf_add_json_lossy(to, d.source);
        weir_buf_addf(to, ",\"at\":%u,\"tokens\":%u,\"begin\":%u", p->at, p->n, p->begin);
        put_origin(b, d.origin, to);
        weir_buf_addc(to, '}');
    }
    weir_buf_free(&doc);
    return rc;
}

/* The first pieces, or where token is not negative the one that holds that token of the sequence.
 */
static int put_pieces(struct browse *b, const struct browse_set *s, uint64_t seq, int64_t token,
                      struct weir_buf *to, struct weir_err *err)
{
    uint64_t firsts[2] = {0};
    struct index_piece p;
    size_t n = 0;
    int rc = s->has_prov ? index_prov_firsts(&s->prov, seq, 1, firsts, err) : 0;
    if (!rc && firsts[1] < firsts[0])
        rc = weir_err_set(err, WEIR_EBAD, "%s.prov is damaged", s->name);
    weir_buf_addf(to, ",\"n_pieces\":%llu,\"pieces\":[",
                  (unsigned long long)(rc ? 0 : firsts[1] - firsts[0]));
    for (uint64_t i = firsts[0]; !rc && i < firsts[1] && n < BROWSE_PIECES; i++) {
        rc = index_prov_pieces(&s->prov, i, 1, &p, err);
        if (rc || (token >= 0 && (token < p.begin || token - p.begin >= p.n)))
            continue;
        if (n++)
            weir_buf_addc(to, ',');
        rc = put_piece(b, s, &p, to, err);
    }
    weir_buf_addc(to, ']');
    return rc;
}

int browse_put_sequence(struct browse *b, struct browse_set *s, uint64_t seq, int by_token,
                        struct weir_buf *to, struct weir_err *err)
{
    const uint64_t token = seq;
    struct index_seq x = {0};
    int rc = by_token ? index_reader_find(&s->r, token, &seq, err) : 0;
    if (!rc && seq >= s->r.n_seqs)
        rc = weir_err_set(err, WEIR_EUSAGE, "%s has %llu sequences, from 0 on", s->name,
                          (unsigned long long)s->r.n_seqs);
    if (!rc)
        rc = index_reader_seqs(&s->r, seq, 1, &x, err);
    if (!rc && (x.n < 0 || x.at > s->r.bin.size))
        rc = weir_err_set(err, WEIR_EBAD, "%s.idx is damaged at sequence %llu", s->name,
                          (unsigned long long)seq);
    if (rc)
        return rc;
    weir_buf_addf(to, "{\"sequence\":%llu,\"first\":%llu", (unsigned long long)seq,
                  (unsigned long long)(x.at / s->r.width));
    const int64_t place = by_token ? (int64_t)(token - x.at / s->r.width) : -1;
    if (by_token)
        weir_buf_addf(to, ",\"token\":%lld", (long long)place);
    rc = put_tokens(b, s, &x, to, err);
    if (!rc)
        rc = put_pieces(b, s, seq, place, to, err);
    weir_buf_adds(to, "}\n");
    return rc;
}
