/* Private data in text: what identifies a person or opens a door.
 *
 *     candidates   one vector pass finds the bytes at which a number, an address or a plate may
 *                  stand; one Vectorscan database finds the words that keys begin with
 *     checkers     exact, a bounded look around each candidate       private_number.c, _phone.c,
 *                                                                     _net.c, _key.c
 *
 * Patterns are read-only and shared by all threads; a scan belongs to one thread. */
#ifndef WEIR_PRIVATE_H
#define WEIR_PRIVATE_H

#include "weir/buf.h"

enum private_kind {
    PRIVATE_EMAIL,
    PRIVATE_PHONE,
    PRIVATE_ID_CARD,
    PRIVATE_BANK_CARD,
    PRIVATE_PASSPORT,
    PRIVATE_PLATE,
    PRIVATE_IP,
    PRIVATE_KEY, // keys, tokens and passwords
    PRIVATE_N_KINDS
};

/* "email" …, and what stands for one that is masked, "<EMAIL>" …. */
extern const char *const private_names[PRIVATE_N_KINDS];
extern const char *const private_placeholders[PRIVATE_N_KINDS];

struct private_hit {
    uint32_t at, end; // bytes of the text
    uint16_t kind;
    uint16_t key; // PRIVATE_KEY: row of private_keys
};

typedef struct private_patterns private_patterns;
private_patterns *private_open(struct weir_err *err);
void private_close(private_patterns *p);

struct private_scan {
    const private_patterns *patterns;
    void *scratch; // hs_scratch
    struct weir_span text;
    struct private_hit *hit; // by place, not overlapping
    size_t n_hit, cap_hit;
    size_t value_end; // end of the last value assigned to what is named a key
    int failed;
    uint64_t count[PRIVATE_N_KINDS];
};

int private_scan_init(struct private_scan *s, const private_patterns *p, struct weir_err *err);
void private_scan_free(struct private_scan *s);
void private_scan_shrink(struct private_scan *s); // forgets the hits and gives their memory back
/* Finds what there is in valid UTF-8.  Returns 0 or WEIR_EMEM (out of memory, 4 GiB or more). */
int private_scan_text(struct private_scan *s, struct weir_span text);
/* The same one byte at a time: what the vector code is compared with. */
int private_scan_text_scalar(struct private_scan *s, struct weir_span text);

/* Appends the scanned text with one kind masked, and gives the hits their places in it; the caller
 * sets s->text to it before the next call.  Returns how many were masked; with 0 appends nothing.
 */
uint64_t private_mask(struct private_scan *s, enum private_kind kind, struct weir_buf *out);
/* Appends the hits as a JSON array: kind, type of key, and bytes [at, at + n). */
void private_report(const struct private_scan *s, struct weir_buf *out);

/* ---- private to private_*.c ---- */

enum { PRIVATE_MAX_DIGITS = 32, PRIVATE_MAX_GROUPS = 10 };

/* Digits from a candidate on, in ASCII or full width, in groups with one or two separators between:
 * spaces, hyphens, dots, brackets. */
struct private_number {
    char digit[PRIVATE_MAX_DIGITS];         // '0'..'9'
    size_t end[PRIVATE_MAX_DIGITS];         // byte behind the digit
    size_t n;                               // digits
    size_t first[PRIVATE_MAX_GROUPS + 1];   // (n_groups + 1) number of a group's first digit
    size_t group_at[PRIVATE_MAX_GROUPS];    // byte of that digit
    char separator[PRIVATE_MAX_GROUPS + 1]; // before the group: ' ' '-' '.' '(' ')', 0 for none
    size_t n_groups;
    size_t at; // byte of the first digit
};

void private_read_number(struct weir_span text, size_t at, struct private_number *x);
/* Digits in group g. */
static inline size_t private_group(const struct private_number *x, size_t g)
{
    return g < x->n_groups ? x->first[g + 1] - x->first[g] : 0;
}

/* The digit at byte i, -1 when there is none; its bytes in *len. */
int private_digit(struct weir_span text, size_t i, unsigned *len);
/* 1 when what stands before byte at, or from byte end on, can go on a word or a number. */
int private_joined_left(struct weir_span text, size_t at);
int private_joined_right(struct weir_span text, size_t end);
/* 1 when Chinese or Japanese stands within `reach` bytes of [at, end). */
int private_in_chinese(struct weir_span text, size_t at, size_t end, size_t reach);
/* 1 when another number stands beside [at, end), only spaces between. */
int private_in_row(struct weir_span text, size_t at, size_t end);
/* 1 when a sign of paths, parameters, strings or prices stands beside it. */
int private_in_code(struct weir_span text, size_t at, size_t end);
/* 1 when one of the words (NULL at the end, ASCII in lower case) stands in the `reach` bytes before
 * at, whatever its case; an ASCII word not behind an ASCII letter. */
int private_word_before(struct weir_span text, size_t at, size_t reach, const char *const *words);

/* Checkers: the byte behind what begins at the candidate, 0 for nothing; some move *at. */
size_t private_id_card(struct weir_span text, const struct private_number *x);
size_t private_bank_card(struct weir_span text, const struct private_number *x);
size_t private_passport(struct weir_span text, const struct private_number *x, size_t *at);
size_t private_plate(struct weir_span text, size_t letter, size_t *at);
size_t private_phone(struct weir_span text, const struct private_number *x, size_t *at);
size_t private_ipv4(struct weir_span text, const struct private_number *x);
size_t private_ipv6(struct weir_span text, size_t at);
/* `sign` is the byte of the at sign; *kind is PRIVATE_KEY for the password in a URL. */
size_t private_email(struct weir_span text, size_t sign, size_t *at, enum private_kind *kind);

/* private_phone_table.c, private_net_table.c */
int private_is_area_code(const char *digits, size_t n); // China, with its leading 0
/* Digits of the country code that the digits begin with, 0 for none; national digits at most and at
 * least. */
size_t private_country_code(const char *digits, size_t n, unsigned *min, unsigned *max);
int private_is_top_domain(const char *p, size_t n);

/* A word that keys begin with, or that names one in an assignment. */
struct private_key_row {
    const char *name;   // "github-token"
    const char *prefix; // found by Vectorscan
    const char *set;    // characters behind it: "A" upper, "a" lower, "0" digits, others themselves
    unsigned min, max;  // how many
    size_t (*check)(struct weir_span text, size_t *at, size_t end); // may be NULL; its end, or 0
};
extern const struct private_key_row private_keys[]; // ends with a row without a name
/* The byte behind the key whose row's prefix ends at `end`, 0 for none; its first byte in *at. */
size_t private_key(struct weir_span text, const struct private_key_row *row, size_t end,
                   size_t *at);
/* URL with a password: the row for it. */
uint16_t private_key_url(void);
/* Checks of rows. */
size_t private_key_crc(struct weir_span text, size_t *at, size_t end);
size_t private_key_jwt(struct weir_span text, size_t *at, size_t end);
size_t private_key_pem(struct weir_span text, size_t *at, size_t end);
size_t private_key_random(struct weir_span text, size_t *at, size_t end);
size_t private_key_assigned(struct weir_span text, size_t *at, size_t end);
size_t private_key_telegram(struct weir_span text, size_t *at, size_t end);

#endif
