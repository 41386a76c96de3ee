/* Log probabilities in the forms of OpenAI's two APIs. */
#include <string.h>
#include "infer/serve_internal.h"
#include "weir/utf8.h"

/* The bytes of one token: what is certain of it, and what begins a character that it does not end.
 */
static void token_bytes(const struct call *c, uint32_t id, struct weir_buf *to)
{
    struct weir_tok_stream stream = {.any_text = 1}; // not the first: it keeps its space
    struct weir_err err = {0};
    const struct weir_tok *tok = c->lane->runner.tongue.tok;
    if (id >= weir_tok_vocab_size(tok) || weir_tok_stream_next(tok, &stream, id, to, &err))
        return;
    weir_buf_add(to, stream.bytes, stream.n_bytes);
}

/* Its text, or "bytes:\xe4" as OpenAI writes those that are none. */
static void add_name(struct weir_span bytes, struct weir_buf *to)
{
    if (!bytes.n || weir_utf8_valid(bytes.p, bytes.n) == bytes.n) {
        weir_buf_add_json(to, weir_span(bytes.n ? bytes.p : "", bytes.n));
        return;
    }
    weir_buf_adds(to, "\"bytes:");
    for (size_t i = 0; i < bytes.n; i++)
        weir_buf_addf(to, "\\\\x%02x", (unsigned char)bytes.p[i]);
    weir_buf_addc(to, '"');
}

/* JSON has no infinity: -9999 stands for it, as with vLLM. */
static void add_logprob(float logprob, struct weir_buf *to)
{
    weir_buf_addf(to, "%.6g", logprob >= -9999 ? (double)logprob : -9999.0);
}

static void add_token(const struct call *c, uint32_t id, struct weir_buf *to)
{
    struct weir_buf bytes = {0};
    token_bytes(c, id, &bytes);
    add_name(weir_buf_span(&bytes), to);
    to->failed |= bytes.failed;
    weir_buf_free(&bytes);
}

/* ---- chats ---- */

static void add_entry(const struct call *c, uint32_t id, float logprob, struct weir_buf *to)
{
    struct weir_buf bytes = {0};
    token_bytes(c, id, &bytes);
    weir_buf_adds(to, "{\"token\":");
    add_name(weir_buf_span(&bytes), to);
    weir_buf_adds(to, ",\"logprob\":");
    add_logprob(logprob, to);
    weir_buf_adds(to, ",\"bytes\":[");
    for (size_t i = 0; i < bytes.n; i++)
        weir_buf_addf(to, "%s%u", i ? "," : "", (unsigned)(unsigned char)bytes.p[i]);
    weir_buf_addc(to, ']');
    to->failed |= bytes.failed;
    weir_buf_free(&bytes);
}

static void add_chat(const struct call *c, const struct voice *v, struct weir_buf *to)
{
    weir_buf_adds(to, "{\"content\":[");
    for (size_t i = v->told_notes; i < v->n_notes; i++) {
        const struct note *n = &v->note[i];
        if (i > v->told_notes)
            weir_buf_addc(to, ',');
        add_entry(c, n->id, n->logprob, to);
        weir_buf_adds(to, ",\"top_logprobs\":[");
        for (unsigned j = 0; j < n->n_likeliest; j++) {
            if (j)
                weir_buf_addc(to, ',');
            add_entry(c, n->likeliest[j].id, n->likeliest[j].score, to);
            weir_buf_addc(to, '}');
        }
        weir_buf_adds(to, "]}");
    }
    weir_buf_adds(to, "]}");
}

/* ---- completions: four lists ---- */

static void add_likeliest(const struct call *c, const struct note *n, struct weir_buf *to)
{
    weir_buf_addc(to, '{');
    for (unsigned j = 0; j < n->n_likeliest; j++) {
        if (j)
            weir_buf_addc(to, ',');
        add_token(c, n->likeliest[j].id, to);
        weir_buf_addc(to, ':');
        add_logprob(n->likeliest[j].score, to);
    }
    weir_buf_addc(to, '}');
}

/* Characters of the tokens before each. */
static void add_offsets(const struct call *c, struct voice *v, struct weir_buf *to)
{
    struct weir_buf bytes = {0};
    for (size_t i = v->told_notes; i < v->n_notes; i++) {
        weir_buf_addf(to, "%s%zu", i > v->told_notes ? "," : "", v->offset);
        bytes.n = 0;
        token_bytes(c, v->note[i].id, &bytes);
        for (size_t j = 0; j < bytes.n; j++)
            v->offset += ((unsigned char)bytes.p[j] & 0xC0) != 0x80;
    }
    to->failed |= bytes.failed;
    weir_buf_free(&bytes);
}

static void add_completion(const struct call *c, struct voice *v, struct weir_buf *to)
{
    const size_t from = v->told_notes;
    weir_buf_adds(to, "{\"tokens\":[");
    for (size_t i = from; i < v->n_notes; i++) {
        weir_buf_adds(to, i > from ? "," : "");
        add_token(c, v->note[i].id, to);
    }
    weir_buf_adds(to, "],\"token_logprobs\":[");
    for (size_t i = from; i < v->n_notes; i++) {
        weir_buf_adds(to, i > from ? "," : "");
        add_logprob(v->note[i].logprob, to);
    }
    weir_buf_adds(to, "],\"top_logprobs\":");
    weir_buf_adds(to, c->ask.likeliest ? "[" : "null");
    for (size_t i = from; i < v->n_notes && c->ask.likeliest; i++) {
        weir_buf_adds(to, i > from ? "," : "");
        add_likeliest(c, &v->note[i], to);
    }
    weir_buf_adds(to, c->ask.likeliest ? "],\"text_offset\":[" : ",\"text_offset\":[");
    add_offsets(c, v, to);
    weir_buf_adds(to, "]}");
}

void serve_add_notes(const struct call *c, struct voice *v, struct weir_buf *to)
{
    weir_buf_adds(to, "\"logprobs\":");
    if (c->ask.likeliest < 0 || v->told_notes == v->n_notes)
        weir_buf_adds(to, "null");
    else if (c->ask.kind == SERVE_CHAT)
        add_chat(c, v, to);
    else
        add_completion(c, v, to);
    v->told_notes = v->n_notes;
}
