/* The block scanners of tokenizer.json's patterns against the scanners of one piece at a time,
 * which tests/cross compares with the reference: on random texts of what the patterns tell apart,
 * and at every distance from the end. */
#include <assert.h>
#include <string.h>

#include "lib/hftok_impl.h"

static uint64_t state = 88172645463325252u;

static uint32_t any(uint32_t n)
{
    state ^= state << 13; // xorshift
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 20) % n;
}

static const char *const parts[] = {
    "a",     "the", "Zq", " ",   " ",  "  ",           "\n",       "\r\n", "\t", "\v", "1",
    "42",    "'",   "'s", "'LL", "'r", "'re",          "'V",       "(",    "--", ".",  "\x01",
    "é",     "中",  "国", "，",  "　", "２",           "\xC2\x85", "ſ",    "😀",  "Ⅷ",  "\xCC\x81",
    "don't", "\"",  "½",  "鿿", "䷀", "\xE2\x80\xA8", "'ſ",       "\x7F"};
enum { N_PARTS = sizeof parts / sizeof *parts };

static size_t make(char *to, size_t most)
{
    const uint32_t first = any(N_PARTS), kinds = 1 + any(any(3) ? 5 : N_PARTS);
    size_t n = 0;
    for (size_t want = any((uint32_t)most - 16); n < want;) {
        const char *s = parts[(first + any(kinds) * 7) % N_PARTS];
        for (uint32_t k = any(8) ? 1 : any(40); k && n < want; k--, n += strlen(s))
            memcpy(to + n, s, strlen(s));
    }
    memset(to + n, any(2) ? 0 : 'a', 64); // what is behind must not count
    return n;
}

/* From every piece on: the ends that are told are those of the next pieces, none left out. */
static size_t check(const struct hf_stage *stage, const char *p, size_t n)
{
    size_t told = 0;
    for (size_t at = 0; at < n; at = hf_scan(stage, p, at, n)) {
        struct hf_block b;
        hf_block_scan(stage, p + at, n - at, &b);
        size_t to = at;
        for (uint64_t ends = b.ends; ends; ends &= ends - 1, told++) {
            to = hf_scan(stage, p, to, n);
            assert(to == at + (size_t)__builtin_ctzll(ends));
        }
        const size_t next = to < n ? hf_scan(stage, p, to, n) : n; // of what was not told
        for (size_t i = at + 1; i < n && i < at + 64; i++)
            assert(i < to || i < next || !(b.inside >> (i - at) & 1));
    }
    return told;
}

int main(void)
{
    static const char *const patterns[] = {
        "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
        "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| "
        "?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
        "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| "
        "?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"};
    char text[512 + 128];
    hf_classes_build();
    for (size_t k = 0; k < 3; k++) {
        const struct hf_stage stage = hf_stage_of(weir_span(patterns[k], strlen(patterns[k])));
        size_t told = 0;
        assert(stage.pattern == (k ? HF_SCAN_LLAMA3 : HF_SCAN_GPT2));
        for (int i = 0; i < 20000; i++)
            told += check(&stage, text, make(text, 512));
        assert(told > 100000);
    }
    return 0;
}
