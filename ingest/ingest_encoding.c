/* Text that is not UTF-8: recognised, decoded by ICU, never repaired by replacement characters. */
#include "ingest/ingest_out.h"

#include <pthread.h>
#include <string.h>

#include "weir/utf8.h"

/* How much of a record is looked at to recognise its encoding. */
#define SAMPLE (64u << 10)

static const struct {
    const char *icu, *name, *note;
} encodings[] = {
    [WEIR_ENC_UTF8] = {NULL, "UTF-8", NULL},
    [WEIR_ENC_GB18030] = {"gb18030", "GB18030", "encoding-gb18030"},
    [WEIR_ENC_BIG5] = {"Big5", "Big5", "encoding-big5"},
    [WEIR_ENC_UTF16] = {"UTF-16", "UTF-16", "encoding-utf-16"},
    [WEIR_ENC_WINDOWS1252] = {"windows-1252", "Windows-1252", "encoding-windows-1252"},
};

/* The commonest characters of modern and classical Chinese in both forms, and its punctuation:
 * about a third of any text, and hardly ever what bytes of another encoding decode to. */
static const char common[] =
    "的一是不了在人有我他这這个個们們中来來上大为為和国國地到以说說时時要就出会會可也你对對生能而子"
    "那得于於"
    "着著下自之年过過发發后後作里裡用道行所然家种種事成方多经經么麼去法学學如都同现現当當没沒动動面"
    "起看定天"
    "分还還进進好小部其些主样樣理心她本前开開但因只从從想实實日者意无無此文与與曰乃焉哉矣"
    "，。、：；！？「」『』“”《》（）";

static uint8_t common_bits[0x10000 / 8];
static pthread_once_t common_once = PTHREAD_ONCE_INIT;

static void fill_common(void)
{
    for (const char *p = common; *p;) {
        unsigned len;
        const uint32_t c = weir_utf8_decode(p, 4, &len);
        common_bits[c / 8] |= (uint8_t)(1 << c % 8);
        p += len;
    }
}

static int is_common(UChar32 c)
{
    return c < 0x10000 && (common_bits[c / 8] & 1 << c % 8) != 0;
}

/* Per mille of the characters beyond ASCII that are common Chinese ones when raw is decoded so;
 * bytes that cannot be decoded count against it. */
static unsigned share_of_common(const char *icu, struct weir_span raw)
{
    UErrorCode e = U_ZERO_ERROR;
    UConverter *cnv = ucnv_open(icu, &e);
    pthread_once(&common_once, fill_common);
    if (U_FAILURE(e))
        return 0;
    size_t n = 0, hits = 0;
    const char *p = raw.p, *end = raw.p + (raw.n < SAMPLE ? raw.n : SAMPLE);
    while (p < end && n < 1024) {
        e = U_ZERO_ERROR;
        const UChar32 c = ucnv_getNextUChar(cnv, &p, end, &e);
        if (e == U_INDEX_OUTOFBOUNDS_ERROR || e == U_TRUNCATED_CHAR_FOUND)
            break;
        n += c >= 0x80 || U_FAILURE(e);
        hits += U_SUCCESS(e) && is_common(c);
    }
    ucnv_close(cnv);
    return n ? (unsigned)(hits * 1000 / n) : 0;
}

int ingest_guess_encoding(struct weir_span raw)
{
    const unsigned gb = share_of_common("gb18030", raw), big5 = share_of_common("Big5", raw);
    if (gb < 100 && big5 < 100)
        return WEIR_ENC_UTF8;
    return big5 > gb ? WEIR_ENC_BIG5 : WEIR_ENC_GB18030;
}

static int has_utf16_mark(struct weir_span raw)
{
    return raw.n >= 2 && (!memcmp(raw.p, "\xFF\xFE", 2) || !memcmp(raw.p, "\xFE\xFF", 2));
}

static UConverter *converter(struct ingest_out *out, int encoding, struct weir_err *err)
{
    UErrorCode e = U_ZERO_ERROR;
    UConverter **cnv = &out->cnv[encoding];
    if (!*cnv)
        *cnv = ucnv_open(encodings[encoding].icu, &e);
    if (U_SUCCESS(e))
        ucnv_setToUCallBack(*cnv, UCNV_TO_U_CALLBACK_STOP, NULL, NULL, NULL, &e);
    if (U_FAILURE(e)) {
        weir_err_set(err, WEIR_EFAIL, "ICU has no %s: %s", encodings[encoding].name,
                     u_errorName(e));
        return NULL;
    }
    ucnv_reset(*cnv);
    return *cnv;
}

static void add_utf16(struct weir_buf *b, const UChar *u, size_t n, UChar *high)
{
    for (size_t i = 0; i < n; i++) {
        if (U16_IS_LEAD(u[i])) {
            *high = u[i];
        } else if (U16_IS_TRAIL(u[i])) {
            weir_buf_add_utf8(b, (uint32_t)U16_GET_SUPPLEMENTARY(*high, u[i]));
        } else if (u[i] < 0x80) {
            weir_buf_addc(b, (char)u[i]);
        } else {
            weir_buf_add_utf8(b, u[i]);
        }
    }
}

static void bad_bytes(struct weir_batch *b, struct weir_rec *r, int encoding, struct weir_span raw,
                      size_t at)
{
    if (at < raw.n)
        weir_rec_bad(b, r, "encoding", "byte %zu (0x%02X) is not %s", at, (unsigned char)raw.p[at],
                     encodings[encoding].name);
    else
        weir_rec_bad(b, r, "encoding", "ends inside a character of %s", encodings[encoding].name);
}

/* Decodes all of raw into out->utf8.  1, 0 when it is not in this encoding, negative on error. */
static int decode(struct ingest_out *out, int encoding, struct weir_batch *b, struct weir_rec *r,
                  struct weir_span raw, struct weir_err *err)
{
    UConverter *cnv = converter(out, encoding, err);
    if (!cnv)
        return err->code;
    const char *p = raw.p, *end = raw.p + raw.n;
    UChar chunk[4096], high = 0;
    for (;;) {
        UErrorCode e = U_ZERO_ERROR;
        UChar *u = chunk;
        ucnv_toUnicode(cnv, &u, chunk + 4096, &p, end, NULL, 1, &e);
        add_utf16(&out->utf8, chunk, (size_t)(u - chunk), &high);
        if (e == U_BUFFER_OVERFLOW_ERROR)
            continue;
        if (U_SUCCESS(e))
            break;
        char bytes[16];
        int8_t n_bytes = sizeof bytes;
        UErrorCode e2 = U_ZERO_ERROR;
        ucnv_getInvalidChars(cnv, bytes, &n_bytes, &e2);
        const size_t at = (size_t)(p - raw.p) - (U_SUCCESS(e2) ? (size_t)n_bytes : 0);
        bad_bytes(b, r, encoding, raw, e == U_TRUNCATED_CHAR_FOUND ? raw.n : at);
        return 0;
    }
    ingest_note(out, encodings[encoding].note, 1);
    return weir_buf_check(&out->utf8, err) ? err->code : 1;
}

int ingest_utf8(struct ingest *in, struct ingest_out *out, struct weir_batch *b, struct weir_rec *r,
                struct weir_span raw, struct weir_span *text, struct weir_err *err)
{
    return ingest_utf8_from(in->opt->encoding, out, b, r, raw, text, err);
}

int ingest_utf8_from(int encoding, struct ingest_out *out, struct weir_batch *b, struct weir_rec *r,
                     struct weir_span raw, struct weir_span *text, struct weir_err *err)
{
    *text = raw;
    if (encoding == WEIR_ENC_AUTO && has_utf16_mark(raw))
        encoding = WEIR_ENC_UTF16;
    if (encoding == WEIR_ENC_AUTO || encoding == WEIR_ENC_UTF8) {
        const size_t ok = weir_utf8_valid(raw.p, raw.n);
        if (ok == raw.n)
            return 1;
        if (encoding == WEIR_ENC_AUTO)
            encoding = ingest_guess_encoding(raw);
        if (encoding == WEIR_ENC_UTF8) {
            bad_bytes(b, r, WEIR_ENC_UTF8, raw, ok);
            return 0;
        }
    }
    weir_buf_reset(&out->utf8, INGEST_KEEP);
    const int rc = decode(out, encoding, b, r, raw, err);
    *text = weir_buf_span(&out->utf8);
    return rc;
}
