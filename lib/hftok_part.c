/* Where a text may be cut so that its parts, encoded one by one, have the ids of the whole.
 *
 * Between a letter and what is neither a letter nor a mark: of GPT-2's, Llama 3's and DeepSeek's
 * expressions all that match a letter last match a run of them to its end, none looks behind, and
 * none but those of letters (and marks) may begin with one; the stages before, of runs of digits
 * and of Han, end there or go on on both sides in the same way.  What follows neither composes with
 * a letter nor is in any added token, so that none covers the place.  Excluded are added tokens
 * that take or look at what is beside them, and the prefix space, which the first part alone would
 * get.
 */
#include "hftok_impl.h"

static void add_bytes(hftok *t, struct weir_span s)
{
    for (size_t i = 0; i < s.n; i++)
        t->in_added[(uint8_t)s.p[i]] = 1;
}

int hf_part_build(hftok *t, struct weir_err *err)
{
    const enum hf_pattern last = t->n_stages ? t->stages[t->n_stages - 1].pattern : HF_SCAN_NONE;
    struct weir_buf b = {0};
    t->cuttable = !t->add_prefix_space &&
                  (last == HF_SCAN_GPT2 || last == HF_SCAN_LLAMA3 || last == HF_SCAN_DEEPSEEK);
    for (size_t i = 0; i < t->n_added; i++) {
        const struct hf_added *a = &t->added[i];
        if (a->single_word || a->lstrip || a->rstrip)
            t->cuttable = 0;
        add_bytes(t, a->content);
        b.n = 0;
        hf_nfc(&b, a->content);
        add_bytes(t, weir_buf_span(&b));
    }
    const int rc = weir_buf_check(&b, err);
    weir_buf_free(&b);
    return rc;
}

size_t hftok_cut(const hftok *t, struct weir_span text, size_t at, size_t want)
{
    enum { JOINS = HF_L | HF_M | HF_COMPOSES };
    if (!t->cuttable || text.n - at <= want + want / 2)
        return text.n;
    size_t i = at + want;
    while (i < text.n && ((uint8_t)text.p[i] & 0xC0) == 0x80)
        i++;
    unsigned len;
    uint8_t before = 0;
    for (; i < text.n; i += len) {
        const uint32_t c = weir_utf8_decode(text.p + i, text.n - i, &len);
        const uint8_t class = c == WEIR_UTF8_BAD ? JOINS : hf_classes[c];
        if (before && !(class & JOINS) && !t->in_added[(uint8_t)text.p[i]])
            return i;
        before = c == WEIR_UTF8_BAD ? 0 : class & HF_L;
    }
    return text.n;
}
