/* train: documents to a SentencePiece model.
 *
 *      documents ─ lines, long ones cut ─► those whose key is below the bar ─► the library's
 * trainer
 *
 * A line's key is a hash of its number and the seed.  When the lines kept outgrow the sample the
 * bar falls and lines above it go: what is left in the end depends on the lines and the seed only.
 */
#include <sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/xxh.h"
#include "weir/doc.h"
#include "weir/sentence.h"
#include "weir/spm_train.h"
#include "weir/stream.h"
#include "weir/tokenize.h"
#include "weir/utf8.h"

enum {
    COST = 68,          // bytes of memory for a byte of sample: the trainer's 65 at most, and ours
    LEAST = 1 << 16,    // bytes of sample below which training makes no sense
    LONGEST_LINE = 4192 // spm_train's max_sentence_length
};
#define BASE_MEMORY ((uint64_t)64 << 20)

struct head {
    uint64_t key;
    uint32_t n;
} __attribute__((packed));

struct train {
    const struct weir_tokenize_train_opt *opt;
    struct weir_job *job;
    struct weir_buf lines; // head and text of each, in order of the input
    uint64_t sample, bar;  // bytes that lines may take; keys at most bar are kept
    uint64_t n_lines, n_kept, kept_bytes, n_reserved;
    size_t read;    // while the trainer reads lines
    size_t longest; // bytes of a line
    struct weir_spm_setting *settings;
    size_t n_settings, cap_settings;
};

void weir_tokenize_train_opt_init(void *opt)
{
    memset(opt, 0, sizeof(struct weir_tokenize_train_opt));
}

/* ---- lines ---- */

/* Where a line that is too long is cut: behind its last sentence that fits, or a character. */
static size_t cut(struct weir_span text, size_t at, size_t end, size_t longest,
                  enum weir_sentence_rules rules)
{
    size_t to = at;
    const struct weir_span line = weir_span(text.p, end);
    if (end - at <= longest)
        return end;
    for (size_t next; (next = weir_sentence_end(line, to, rules)) <= at + longest; to = next)
        ;
    if (to > at)
        return to;
    to = at + longest;
    while (to > at + 1 && ((unsigned char)text.p[to] & 0xC0) == 0x80)
        to--;
    return to;
}

static int is_reserved(const char *p, size_t n)
{
    static const char mark[] = "\xE2\x96\x85"; // U+2585 is the trainer's own sign for unknown
    return memmem(p, n, mark, 3) != NULL;
}

/* Lines of the text with a newline behind each; those that the trainer would skip are left out.
 * Returns how many those were. */
static uint64_t add_lines(const struct train *t, struct weir_buf *to, const struct weir_doc *d)
{
    const struct weir_span text = d->text;
    const enum weir_sentence_rules rules = weir_sentence_rules_for(d->lang, d->code_lang, text);
    uint64_t reserved = 0;
    for (size_t at = 0, end, next; at < text.n; at = next) {
        const char *newline = memchr(text.p + at, '\n', text.n - at);
        const size_t line_end = newline ? (size_t)(newline - text.p) : text.n;
        end = cut(text, at, line_end, t->longest, rules);
        next = end == line_end ? end + 1 : end;
        if (end == at)
            continue;
        if (is_reserved(text.p + at, end - at)) {
            reserved++;
            continue;
        }
        weir_buf_add(to, text.p + at, end - at);
        weir_buf_addc(to, '\n');
    }
    return reserved;
}

static void *thread_new(void *ctx, struct weir_err *err)
{
    (void)ctx;
    return weir_json_new(err);
}

static void thread_free(void *thread)
{
    weir_json_free(thread);
}

/* user[0]: lines that the trainer cannot take. */
static int work(void *ctx, void *thread, struct weir_batch *b, struct weir_rec *r,
                struct weir_err *err)
{
    struct weir_doc d;
    struct weir_err bad = {0};
    const int rc = weir_doc_parse(thread, weir_rec_raw(b, r), &d, &bad);
    if (rc == WEIR_EBAD) {
        weir_rec_bad(b, r, "malformed", "%s", bad.msg);
        return 0;
    }
    if (rc)
        return weir_err_set(err, rc, "%s", bad.msg);
    weir_rec_source(b, r, d.source);
    r->aux_at = b->aux.n;
    r->user[0] = add_lines(ctx, &b->aux, &d);
    r->aux_n = b->aux.n - r->aux_at;
    if (r->aux_n)
        r->fate = WEIR_MADE;
    else
        weir_rec_drop(b, r, "empty", NULL);
    return 0;
}

/* ---- the sample ---- */

static void lower_bar(struct train *t)
{
    struct head h;
    size_t to = 0;
    t->bar -= t->bar / 16 + 1;
    t->n_kept = t->kept_bytes = 0;
    for (size_t at = 0; at < t->lines.n; at += sizeof h + h.n) {
        memcpy(&h, t->lines.p + at, sizeof h);
        if (h.key > t->bar)
            continue;
        memmove(t->lines.p + to, t->lines.p + at, sizeof h + h.n);
        to += sizeof h + h.n;
        t->n_kept++;
        t->kept_bytes += h.n;
    }
    t->lines.n = to;
}

static void keep_line(struct train *t, const char *p, size_t n)
{
    const uint64_t number = t->n_lines++;
    const struct head h = {XXH3_64bits_withSeed(&number, sizeof number, t->job->seed), (uint32_t)n};
    if (h.key > t->bar)
        return;
    weir_buf_add(&t->lines, &h, sizeof h);
    weir_buf_add(&t->lines, p, n);
    t->n_kept++;
    t->kept_bytes += n;
    while (t->lines.n > t->sample && t->bar)
        lower_bar(t);
}

static int commit(void *ctx, struct weir_batch *b, struct weir_rec *r, struct weir_err *err)
{
    struct train *t = ctx;
    t->n_reserved += r->user[0];
    if (r->fate != WEIR_MADE)
        return 0;
    const char *p = b->aux.p + r->aux_at, *end = p + r->aux_n;
    for (const char *newline; p < end; p = newline + 1) {
        newline = memchr(p, '\n', (size_t)(end - p));
        keep_line(t, p, (size_t)(newline - p));
    }
    return weir_buf_check(&t->lines, err);
}

static int next_line(void *ctx, struct weir_span *line)
{
    struct train *t = ctx;
    struct head h;
    if (t->read == t->lines.n)
        return 0;
    memcpy(&h, t->lines.p + t->read, sizeof h);
    *line = weir_span(t->lines.p + t->read + sizeof h, h.n);
    t->read += sizeof h + h.n;
    return 1;
}

static int size_sample(struct train *t, struct weir_err *err)
{
    const uint64_t memory = t->job->memory, asked = t->opt->sample;
    const uint64_t most = memory > BASE_MEMORY ? (memory - BASE_MEMORY) / COST : 0;
    if (most < LEAST || asked > most)
        return weir_err_set(
            err, WEIR_EMEM, "a sample of %llu bytes needs about -m %lluM",
            (unsigned long long)(asked ? asked : LEAST),
            (unsigned long long)(((asked ? asked : LEAST) * COST + BASE_MEMORY) >> 20) + 1);
    t->sample = asked ? asked : most;
    t->bar = UINT64_MAX;
    return 0;
}

/* ---- settings ---- */

/* A later value takes the place of an earlier one. */
static int set(struct train *t, struct weir_span name, const char *value, struct weir_err *err)
{
    for (size_t i = 0; i < t->n_settings; i++)
        if (weir_span_is(name, t->settings[i].name)) {
            char *now = strdup(value);
            free((char *)t->settings[i].value);
            t->settings[i].value = now;
            return now ? 0 : weir_err_set(err, WEIR_EMEM, "out of memory");
        }
    if (weir_grow(&t->settings, &t->cap_settings, t->n_settings + 1, sizeof *t->settings))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    struct weir_spm_setting *s = &t->settings[t->n_settings++];
    *s = (struct weir_spm_setting){strndup(name.p, name.n), strdup(value)};
    return s->name && s->value ? 0 : weir_err_set(err, WEIR_EMEM, "out of memory");
}

static int set_number(struct train *t, struct weir_span name, double value, struct weir_err *err)
{
    char text[32];
    snprintf(text, sizeof text, "%.15g", value);
    return set(t, name, text, err);
}

static int set_list(struct train *t, struct weir_span name, const struct weir_strings *of,
                    struct weir_err *err)
{
    struct weir_buf b = {0};
    weir_spm_list(&b, of->at, of->n);
    weir_buf_addc(&b, 0);
    int rc = weir_buf_check(&b, err);
    if (!rc)
        rc = set(t, name, b.p, err);
    weir_buf_free(&b);
    return rc;
}

/* spm_train's defaults.  It writes all of them into the model, given or not. */
static const char *const defaults[][2] = {
    {"model_type", "unigram"},
    {"vocab_size", "8000"},
    {"self_test_sample_size", "0"},
    {"input_format", ""},
    {"character_coverage", "0.9995"},
    {"input_sentence_size", "0"},
    {"seed_sentencepiece_size", "1000000"},
    {"shrinking_factor", "0.75"},
    {"num_sub_iterations", "2"},
    {"max_sentence_length", "4192"},
    {"shuffle_input_sentence", "true"},
    {"max_sentencepiece_length", "16"},
    {"split_by_unicode_script", "true"},
    {"split_by_whitespace", "true"},
    {"split_by_number", "true"},
    {"treat_whitespace_as_suffix", "false"},
    {"split_digits", "false"},
    {"allow_whitespace_only_pieces", "false"},
    {"vocabulary_output_piece_score", "true"},
    {"hard_vocab_limit", "true"},
    {"use_all_vocab", "false"},
    {"byte_fallback", "false"},
    {"required_chars", ""},
    {"unk_id", "0"},
    {"bos_id", "1"},
    {"eos_id", "2"},
    {"pad_id", "-1"},
    {"unk_surface", " \xE2\x81\x87 "},
    {"unk_piece", "<unk>"},
    {"bos_piece", "<s>"},
    {"eos_piece", "</s>"},
    {"pad_piece", "<pad>"},
    {"train_extremely_large_corpus", "false"},
    {"enable_differential_privacy", "false"},
    {"differential_privacy_noise_level", "0"},
    {"differential_privacy_clipping_threshold", "0"},
    {"normalization_rule_name", "nmt_nfkc"},
    {"normalization_rule_tsv", ""},
    {"add_dummy_prefix", "true"},
    {"remove_extra_whitespaces", "true"},
};

/* What LLaMA's tokenizer.model says of its own training. */
static const char *const llama[][2] = {
    {"model_type", "bpe"},
    {"vocab_size", "32000"},
    {"character_coverage", "0.99995"},
    {"byte_fallback", "true"},
    {"split_digits", "true"},
    {"allow_whitespace_only_pieces", "true"},
    {"normalization_rule_name", "identity"},
    {"remove_extra_whitespaces", "false"},
};

static int set_list_of(struct train *t, const char *const list[][2], size_t n, struct weir_err *err)
{
    int rc = 0;
    for (size_t i = 0; i < n && !rc; i++)
        rc = set(t, weir_span(list[i][0], strlen(list[i][0])), list[i][1], err);
    return rc;
}

static int set_options(struct train *t, struct weir_err *err)
{
    static const char *const types[] = {NULL, "bpe", "unigram", "word", "char"};
    const struct weir_tokenize_train_opt *o = t->opt;
    if (o->coverage > 0 && o->coverage < 0.98)
        return weir_err_set(err, WEIR_EUSAGE, "--coverage %g: 0.98 to 1", o->coverage);
    int rc = o->type ? set(t, WEIR_LIT("model_type"), types[o->type], err) : 0;
    if (!rc && o->vocab_size)
        rc = set_number(t, WEIR_LIT("vocab_size"), (double)o->vocab_size, err);
    if (!rc && o->coverage > 0)
        rc = set_number(t, WEIR_LIT("character_coverage"), o->coverage, err);
    if (!rc && o->normalization)
        rc = set(t, WEIR_LIT("normalization_rule_name"), o->normalization, err);
    if (!rc && o->symbols.n)
        rc = set_list(t, WEIR_LIT("user_defined_symbols"), &o->symbols, err);
    if (!rc && o->controls.n)
        rc = set_list(t, WEIR_LIT("control_symbols"), &o->controls, err);
    return rc;
}

/* Those of spm_train's that are not the model's but its run's, or others' here. */
static int is_ours(struct weir_span name)
{
    static const char *const ours[] = {"input",
                                       "input_format",
                                       "model_prefix",
                                       "input_sentence_size",
                                       "num_threads",
                                       "random_seed",
                                       "shuffle_input_sentence",
                                       "minloglevel",
                                       "self_test_sample_size"};
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        if (weir_span_is(name, ours[i]))
            return 1;
    return 0;
}

static int set_named(struct train *t, const char *setting, struct weir_err *err)
{
    const char *equals = strchr(setting, '=');
    if (!equals)
        return weir_err_set(err, WEIR_EUSAGE, "--set %s: NAME=VALUE is needed", setting);
    const struct weir_span name = weir_span(setting, (size_t)(equals - setting));
    if (is_ours(name))
        return weir_err_set(err, WEIR_EUSAGE, "--set %s: weir tokenize train sees to that itself",
                            setting);
    if (weir_span_is(name, "max_sentence_length")) {
        char *end;
        const long n = strtol(equals + 1, &end, 10);
        if (*end || end == equals + 1 || n < 16 || n > 1 << 28)
            return weir_err_set(err, WEIR_EUSAGE, "--set %s: 16 to 268435456 bytes", setting);
        t->longest = (size_t)n;
    }
    return set(t, name, equals + 1, err);
}

static int set_all(struct train *t, struct weir_err *err)
{
    const struct weir_tokenize_train_opt *o = t->opt;
    int rc = set_list_of(t, defaults, sizeof defaults / sizeof *defaults, err);
    if (!rc && o->preset == WEIR_TRAIN_LLAMA)
        rc = set_list_of(t, llama, sizeof llama / sizeof *llama, err);
    if (!rc)
        rc = set_options(t, err);
    for (size_t i = 0; i < o->settings.n && !rc; i++)
        rc = set_named(t, o->settings.at[i], err);
    if (!rc) // the library's sums depend on how many threads there are
        rc = set(t, WEIR_LIT("num_threads"), "1", err);
    if (!rc)
        rc = set(t, WEIR_LIT("minloglevel"), t->job->verbose ? "0" : "2", err);
    return rc;
}

/* ---- the run ---- */

static int note(struct train *t, const struct weir_buf *model, struct weir_err *err)
{
    struct weir_buf *b = &t->job->extra;
    SHA2_CTX sha;
    uint8_t digest[32];
    SHA256Init(&sha);
    SHA256Update(&sha, (const uint8_t *)model->p, model->n);
    SHA256Final(digest, &sha);
    weir_buf_addf(b, ",\"train\":{\"lines\":%llu,\"sampled_lines\":%llu,\"sampled_bytes\":%llu",
                  (unsigned long long)t->n_lines, (unsigned long long)t->n_kept,
                  (unsigned long long)t->kept_bytes);
    weir_buf_adds(b, ",\"settings\":{");
    for (size_t i = 0; i + 2 < t->n_settings; i++) { // the last two are the run's
        const struct weir_spm_setting *s = &t->settings[i];
        weir_buf_adds(b, i ? "," : "");
        weir_buf_add_json_lossy(b, weir_span(s->name, strlen(s->name)));
        weir_buf_addc(b, ':');
        weir_buf_add_json_lossy(b, weir_span(s->value, strlen(s->value)));
    }
    weir_buf_adds(b, "},\"sha256\":\"");
    weir_buf_add_hex(b, digest, sizeof digest);
    weir_buf_adds(b, "\"}");
    struct weir_names *notes = &t->job->tally.notes;
    const struct weir_count reserved = {t->n_reserved, 0, 0}, none = {0},
                            left = {t->n_lines - t->n_kept, 0, 0};
    if ((reserved.records && weir_names_add(notes, WEIR_LIT("reserved-lines"), reserved, none)) ||
        (left.records && weir_names_add(notes, WEIR_LIT("lines-not-sampled"), left, none)))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    return 0;
}

static int make_model(struct train *t, struct weir_err *err)
{
    struct weir_buf model = {0};
    int rc = t->n_kept ? 0 : weir_err_set(err, WEIR_EBAD, "no text to learn from");
    if (!rc)
        rc = weir_spm_train(t->settings, t->n_settings, next_line, t, &model, err);
    if (!rc)
        rc = weir_io_write(t->job->out, model.p, model.n, err);
    if (!rc)
        rc = note(t, &model, err);
    t->job->tally.out.bytes += model.n;
    weir_buf_free(&model);
    return rc;
}

int weir_tokenize_train_run(const struct weir_tokenize_train_opt *opt, struct weir_job *job,
                            struct weir_err *err)
{
    struct train t = {.opt = opt, .job = job, .longest = LONGEST_LINE};
    int rc = set_all(&t, err);
    if (!rc)
        rc = size_sample(&t, err);
    const struct weir_stage stage = {.ctx = &t,
                                     .thread_new = thread_new,
                                     .thread_free = thread_free,
                                     .work = work,
                                     .commit = commit,
                                     .fixed_memory = t.sample};
    if (!rc)
        rc = weir_stage_run(&stage, job, err);
    if (!rc)
        rc = make_model(&t, err);
    for (size_t i = 0; i < t.n_settings; i++) {
        free((char *)t.settings[i].name);
        free((char *)t.settings[i].value);
    }
    free(t.settings);
    weir_buf_free(&t.lines);
    return weir_job_close_output(job, rc, err);
}
