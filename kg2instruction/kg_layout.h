/* Bytes of the knowledge file (docs/formats.md, "Knowledge file"): constants, numbers, and a reader
 * that cannot leave its bytes.  Little-endian throughout, as is every machine Weir runs on. */
#ifndef WEIR_KG_LAYOUT_H
#define WEIR_KG_LAYOUT_H

#include <string.h>

#include "kg2instruction/kg_file.h"
#include "weir/buf.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "numbers are mapped as they are");

#define KG_MAGIC     "WEIRKG\0\1"
#define KG_END_MAGIC "WEIRKGE\1"
enum {
    KG_VERSION = 1,
    KG_HEAD_BYTES = 16, // magic, version, zero
    KG_TRAILER_BYTES = 512,
    KG_TRAILER_HASHED = 504, // the hash stands behind them
    KG_LANG_BYTES = 12,      // a language's name, NUL behind
    KG_BLOCK_KEYS = 16,      // keys of a block: the first stands whole, the others share its begin
    KG_NAME_BITS = 3,        // kinds of a name in its first byte; the language stands above
    KG_KIND_BITS = 5,        // of a posting's sets; the languages stand above
};

/* In this order, each padded with zeros to a multiple of 8, they tile the file behind the header.
 */
enum kg_section_number {
    KG_DATA,      // names and statements of all rows
    KG_ROWS,      // (n_rows + 1) struct kg_row, the last with the end of KG_DATA
    KG_KEYS,      // blocks of keys with their postings
    KG_BLOCKS,    // (n_blocks) u64: where each begins in KG_KEYS
    KG_ANCESTORS, // (n_ancestors) u32
    KG_CLASSES,   // (n_classes + 1) struct kg_class, the last with n_ancestors
    KG_N_SECTIONS
};

struct kg_section {
    uint64_t at, n, hash; // hash: XXH3-64 of the n bytes
};

struct kg_trailer {
    char magic[8];
    uint32_t version, n_sections;
    uint64_t file_bytes;
    uint32_t n_langs, zero;
    struct kg_totals totals;
    char lang[KG_LANGS_MAX][KG_LANG_BYTES];
    struct kg_section section[KG_N_SECTIONS];
    char reserved[KG_TRAILER_HASHED - 32 - sizeof(struct kg_totals) - KG_LANGS_MAX * KG_LANG_BYTES -
                  KG_N_SECTIONS * sizeof(struct kg_section)]; // zeros
    uint64_t hash;                                            // XXH3-64 of the bytes before
};
_Static_assert(sizeof(struct kg_trailer) == KG_TRAILER_BYTES, "the trailer has no padding");

struct kg_row {
    uint32_t id;
    uint16_t popularity, datatype;
    uint64_t at; // in KG_DATA
};

struct kg_class {
    uint32_t id, zero;
    uint64_t at; // in KG_ANCESTORS, in numbers
};
_Static_assert(sizeof(struct kg_row) == 16 && sizeof(struct kg_class) == 16, "no padding");

enum { // the byte before a statement
    KG_RANK_MASK = 3,
    KG_HAS_QUALIFIERS = 4,
};
enum { // the first byte of a snak: type, and kind above it
    KG_TYPE_MASK = 3,
    KG_KIND_SHIFT = 2,
};
enum { // the byte before a time
    KG_TIME_CLOCK = 1,
    KG_TIME_ZONES = 2,
    KG_CALENDAR_SHIFT = 2, // 0 Gregorian, 1 Julian, 2 named
};
enum { KG_HAS_LOWER = 1, KG_HAS_UPPER = 2, KG_HAS_PRECISION = 1, KG_HAS_GLOBE = 2 };
#define KG_GREGORIAN 1985727u
#define KG_JULIAN    1985786u

/* What kg_open() made of a file. */
struct kg_file {
    const unsigned char *map;
    size_t n_map;
    int mapped; // to be unmapped
    struct kg_trailer trailer;
    const unsigned char *section[KG_N_SECTIONS];
    const struct kg_row *rows;
    const struct kg_class *classes;
    const uint32_t *ancestors;
    const unsigned char *blocks; // of u64
    uint32_t n_rows;
    uint64_t n_blocks;
};

/* ---- reading: p moves on; 0 when the bytes end or make no sense ---- */

static inline int kg_get_byte(const unsigned char **p, const unsigned char *end, unsigned *v)
{
    if (*p == end)
        return 0;
    *v = *(*p)++;
    return 1;
}

static inline int kg_get_varint(const unsigned char **p, const unsigned char *end, uint64_t *v)
{
    *v = 0;
    for (unsigned shift = 0; *p < end && shift < 64; shift += 7) {
        const unsigned char c = *(*p)++;
        *v |= (uint64_t)(c & 0x7F) << shift;
        if (!(c & 0x80))
            return 1;
    }
    return 0;
}

static inline int kg_get_signed(const unsigned char **p, const unsigned char *end, int64_t *v)
{
    uint64_t u;
    if (!kg_get_varint(p, end, &u))
        return 0;
    *v = (int64_t)(u >> 1) ^ -(int64_t)(u & 1);
    return 1;
}

/* A length and as many bytes. */
static inline int kg_get_span(const unsigned char **p, const unsigned char *end,
                              struct weir_span *s)
{
    uint64_t n;
    if (!kg_get_varint(p, end, &n) || n > (uint64_t)(end - *p))
        return 0;
    *s = weir_span((const char *)*p, (size_t)n);
    *p += n;
    return 1;
}

/* An entity's number, doubled, and 1 more for a property. */
static inline int kg_get_id(const unsigned char **p, const unsigned char *end, kg_id *id)
{
    uint64_t v;
    if (!kg_get_varint(p, end, &v) || v >> 32)
        return 0;
    *id = (kg_id)(v >> 1) | ((v & 1) ? KG_PROPERTY : 0);
    return 1;
}

/* ---- writing ---- */

static inline void kg_put_varint(struct weir_buf *b, uint64_t v)
{
    for (; v >= 0x80; v >>= 7)
        weir_buf_addc(b, (char)(v | 0x80));
    weir_buf_addc(b, (char)v);
}

static inline void kg_put_signed(struct weir_buf *b, int64_t v)
{
    kg_put_varint(b, (uint64_t)v << 1 ^ (v < 0 ? UINT64_MAX : 0));
}

static inline void kg_put_span(struct weir_buf *b, struct weir_span s)
{
    kg_put_varint(b, s.n);
    weir_buf_add(b, s.p, s.n);
}

static inline void kg_put_id(struct weir_buf *b, kg_id id)
{
    kg_put_varint(b, (uint64_t)(id & ~KG_PROPERTY) << 1 | (id >> 31));
}

#endif
