/* Recall and precision on private data planted by a generator of our own: every kind in every form,
 * in Chinese, English and code, among what only looks like it.  The generator computes check digits
 * by the standards' own words; it shares nothing with the scanner. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include "filters/private.h"
#include "private_planted.h"

static uint64_t state = 20240601;

static unsigned below(unsigned n) // splitmix64
{
    uint64_t z = (state += 0x9E3779B97F4A7C15u);
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return (unsigned)((z ^ z >> 31) % n);
}

#define PICK(list) (list)[below(sizeof(list) / sizeof *(list))]

static struct weir_buf text;

static void put(const char *s)
{
    weir_buf_adds(&text, s);
}

static void put_random(const char *set, unsigned n)
{
    const unsigned size = (unsigned)strlen(set);
    for (unsigned i = 0; i < n; i++)
        weir_buf_addc(&text, set[below(size)]);
}

static const char digits[] = "0123456789", upper[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
                  alnum[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
                  url64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* A template: '#' a digit, '9' to '2' a digit of 2 to 9, '@' a capital, '%' a lower-case letter,
 * all else itself; '~' takes the next byte as it is. */
static void put_form(const char *form)
{
    for (; *form; form++) {
        if (*form == '#')
            put_random(digits, 1);
        else if (*form == '^')
            put_random("23456789", 1);
        else if (*form == '?')
            put_random("ABCDEFGHJKLMNPQRSTUVWXYZ", 1);
        else if (*form == '%')
            put_random("abcdefghijklmnopqrstuvwxyz", 1);
        else
            weir_buf_addc(&text, *form);
    }
}

/* ASCII digits and letters from byte `from` on in full width. */
static void widen(size_t from)
{
    char copy[64];
    const size_t n = text.n - from;
    assert(n < sizeof copy);
    memcpy(copy, text.p + from, n);
    text.n = from;
    for (size_t i = 0; i < n; i++)
        weir_buf_add_utf8(&text, (uint32_t)(unsigned char)copy[i] + 0xFEE0);
}

/* ---- the kinds ---- */

static void email(void)
{
    static const char *const locals[] = {"%%%%%%", "%%%.%%%%", "%%%%##",      "#########",
                                         "%_%%%",  "%%%+%%%",  "?%%%%.?%%%%", "%%-%%%#"};
    static const char *const domains[] = {
        "qq.com",    "163.com",     "gmail.com",  "foxmail.com", "mail.%%%%.com", "%%%%.edu.cn",
        "%%%%%.org", "outlook.com", "%%%.gov.cn", "%%%%.co.uk",  "%%%-%%%.de",    "sina.cn"};
    put_form(PICK(locals));
    put(below(12) ? "@" : "＠");
    put_form(PICK(domains));
}

static void mobile(void)
{
    static const char *const blocks[] = {"130", "136", "139", "147", "151", "158", "166",
                                         "173", "177", "180", "188", "189", "191", "199"};
    static const char *const before[] = {"", "", "", "", "+86 ", "+86", "+86-", "0086-", "86-"};
    const char *b = PICK(before), *s = below(3) ? "" : below(2) ? "-" : " ";
    const size_t from = text.n;
    put(b);
    put(PICK(blocks));
    put(s);
    put_form("####");
    put(s);
    put_form("####");
    if (!*b && !*s && !below(10))
        widen(from);
}

static void phone(void)
{
    static const char *const forms[] = {
        "010-^#######",      "(010)^#######",    "021-^#######",        "0571-8#######",
        "0755-2#######",     "（0755）2#######", "0311-8#######-###",   "+86-10-6#######",
        "+86 21 6####### ",  "020 8#######",     "+1 415 555 ####",     "+1-212-555-####",
        "+1 (650) 253-####", "+44 20 7### ####", "+44 (0)20 7### ####", "+81-3-3###-####",
        "+33 1 4# ## ## ##", "+852 2### ####",   "+853 6### ####",      "+886 2 2### ####",
        "+65 6### ####",     "+61 2 6### ####",  "+82-2-3###-####",     "+7 495 ###-##-##",
        "(415) 555-####",    "650-253-####",     "+34 936 ## ## ##",    "+55 11 3###-####",
    };
    if (below(2)) {
        mobile();
        return;
    }
    put_form(PICK(forms));
    while (text.p[text.n - 1] == ' ')
        text.n--;
}

static void id_card(void)
{
    static const char *const regions[] = {"110101", "310104", "440305", "320106", "330102",
                                          "510107", "420111", "610113", "230103", "650102"};
    static const int weights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    char id[32], out[40];
    snprintf(id, sizeof id, "%s%04u%02u%02u%03u", PICK(regions), 1940 + below(80), 1 + below(12),
             1 + below(28), below(1000));
    int sum = 0;
    for (int i = 0; i < 17; i++)
        sum += (id[i] - '0') * weights[i];
    const int need = (12 - sum % 11) % 11; // GB 11643: the weighted sum with it is 1 modulo 11
    id[17] = need == 10 ? (below(2) ? 'X' : 'x') : (char)('0' + need);
    id[18] = 0;
    const size_t from = text.n;
    if (below(5)) {
        put(id);
        if (!below(10))
            widen(from);
    } else {
        snprintf(out, sizeof out, "%.6s %.8s %s", id, id + 6, id + 14);
        put(out);
    }
}

static void bank_card(int words)
{
    static const char *const forms[] = {"622202#########", "622848############", "621700#########",
                                        "622588#########"};
    static const char *const others[] = {"439225#########", "518621#########", "356868#########",
                                         "37828#########"};
    char n[24] = "", out[40] = "";
    const char *form = words && below(3) == 0 ? PICK(others) : PICK(forms);
    size_t len = strlen(form);
    for (size_t i = 0; i < len; i++)
        n[i] = form[i] == '#' ? digits[below(10)] : form[i];
    unsigned sum = 0; // ISO/IEC 7812: doubled from the right, the check digit first
    for (size_t i = 0; i < len; i++) {
        const unsigned v = (unsigned)(n[len - 1 - i] - '0') * (i % 2 ? 1 : 2);
        sum += v / 10 + v % 10;
    }
    n[len++] = (char)('0' + (10 - sum % 10) % 10);
    n[len] = 0;
    if (below(2) || len < 16) {
        put(n);
        return;
    }
    const char s = below(2) ? ' ' : '-';
    for (size_t i = 0, k = 0; i < len; i++) {
        if (i && i % 4 == 0)
            out[k++] = s;
        out[k++] = n[i];
    }
    put(out);
}

static void plate(void)
{
    static const char *const provinces[] = {"京", "沪", "粤", "苏", "浙", "川", "鲁", "鄂", "琼"};
    static const char *const forms[] = {"?#####",  "?##?##",  "?·#####", "?·?####",
                                        "?D#####", "?#####F", "?####学", "? #####"};
    put(PICK(provinces));
    put_form(PICK(forms));
}

static void ip(void)
{
    static const char *const v6[] = {"2400:da00:2::29:#", "2001:250:1:9::##", "240e:9##:8#:1::1",
                                     "2606:2800:220:1:248:1893:25c8:1946"};
    if (!below(6)) {
        put_form(PICK(v6));
        return;
    }
    static const unsigned char first[] = {13,  36,  47,  58,  61,  101, 110,
                                          123, 142, 180, 202, 218, 221};
    char s[24];
    snprintf(s, sizeof s, "%u.%u.%u.%u", PICK(first), below(250) + 1, below(250) + 1,
             100 + below(150));
    put(s);
}

static void passport(void)
{
    static const char *const forms[] = {"E########", "G########", "E?#######", "^########",
                                        "?#######"};
    put_form(PICK(forms));
}

static void crc_token(const char *prefix)
{
    put(prefix);
    const size_t at = text.n;
    put_random(alnum, 30);
    uLong crc = crc32(0, (const Bytef *)text.p + at, 30);
    char six[7] = "";
    for (int i = 5; i >= 0; i--, crc /= 62)
        six[i] = alnum[crc % 62];
    put(six);
}

static void base64url(const char *s)
{
    size_t n = strlen(s);
    for (size_t i = 0; i < n; i += 3) {
        const unsigned b[3] = {(unsigned char)s[i], i + 1 < n ? (unsigned char)s[i + 1] : 0,
                               i + 2 < n ? (unsigned char)s[i + 2] : 0};
        const unsigned v = b[0] << 16 | b[1] << 8 | b[2];
        for (size_t k = 0; k < (n - i >= 3 ? 4 : n - i + 1); k++)
            weir_buf_addc(&text, url64[v >> (18 - 6 * k) & 63]);
    }
}

static void pem(void)
{
    static const char *const what[] = {"RSA ", "EC ", "OPENSSH ", ""};
    const char *w = PICK(what);
    weir_buf_addf(&text, "-----BEGIN %sPRIVATE KEY-----\n", w);
    for (int i = 0; i < 6; i++) {
        put_random(alnum, 64);
        put("\n");
    }
    weir_buf_addf(&text, "-----END %sPRIVATE KEY-----", w);
}

/* Keys that stand for themselves. */
static void key(void)
{
    static const char *const prefixes[] = {"ghp_", "gho_", "ghs_", "npm_"};
    switch (below(12)) {
    case 0:
        put("AKIA");
        put_random("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16);
        break;
    case 1:
    case 2:
        crc_token(PICK(prefixes));
        break;
    case 3:
        put("xoxb-");
        put_form("############-############-");
        put_random(alnum, 24);
        break;
    case 4:
        put("AIza");
        put_random(url64, 35);
        break;
    case 5:
        base64url("{\"alg\":\"HS256\",\"typ\":\"JWT\"}");
        put(".");
        base64url("{\"sub\":\"1234567890\",\"name\":\"Li Lei\",\"iat\":1516239022}");
        put(".");
        put_random(alnum, 43);
        break;
    case 6:
        pem();
        break;
    case 7:
        put("sk_live_");
        put_random(alnum, 24);
        break;
    case 8:
        put("glpat-");
        put_random(alnum, 20);
        break;
    case 9:
        put("hf_");
        put_random(alnum + 10, 34);
        break;
    case 10:
        put("LTAI");
        put_random(alnum, 20);
        break;
    default:
        put("hooks.slack.com/services/T");
        put_random(upper, 8);
        put("/B");
        put_random(upper, 8);
        put("/");
        put_random(alnum, 24);
    }
}

/* ---- the run ---- */

struct truth {
    size_t at, end;
    enum private_kind kind;
};
static struct truth truth[256];
static size_t n_truth;

static void plant(enum private_kind kind, int where)
{
    put(lead[kind][where][below(6)]);
    const size_t at = text.n;
    switch (kind) {
    case PRIVATE_EMAIL:
        email();
        break;
    case PRIVATE_PHONE:
        phone();
        break;
    case PRIVATE_ID_CARD:
        id_card();
        break;
    case PRIVATE_BANK_CARD:
        bank_card(1);
        break;
    case PRIVATE_PASSPORT:
        passport();
        break;
    case PRIVATE_PLATE:
        plate();
        break;
    case PRIVATE_IP:
        ip();
        break;
    default:
        key();
    }
    truth[n_truth++] = (struct truth){at, text.n, kind};
    put(tail[where][below(6)]);
    put(filler[where][below(4)]);
}

static size_t planted[PRIVATE_N_KINDS], found[PRIVATE_N_KINDS], right[PRIVATE_N_KINDS];

static const char *show(size_t at, size_t end)
{
    static char s[400];
    const size_t from = at > 40 ? at - 40 : 0, to = text.n - end > 20 ? end + 20 : text.n;
    snprintf(s, sizeof s, "%.*s", (int)(to - from), text.p + from);
    return s;
}

static void compare(struct private_scan *s)
{
    assert(private_scan_text(s, weir_buf_span(&text)) == 0);
    size_t k = 0;
    for (size_t i = 0; i < n_truth; i++) {
        planted[truth[i].kind]++;
        while (k < s->n_hit && s->hit[k].at < truth[i].at)
            k++;
        const int same = k < s->n_hit && s->hit[k].at == truth[i].at &&
                         s->hit[k].end == truth[i].end && s->hit[k].kind == truth[i].kind;
        right[truth[i].kind] += (size_t)same;
        if (!same && getenv("SHOW"))
            printf("missed %s: %s\n", private_names[truth[i].kind],
                   show(truth[i].at, truth[i].end));
    }
    for (size_t i = 0; i < s->n_hit; i++) {
        int same = 0;
        found[s->hit[i].kind]++;
        for (k = 0; k < n_truth; k++)
            same |= truth[k].at == s->hit[i].at && truth[k].end == s->hit[i].end &&
                    truth[k].kind == s->hit[i].kind;
        if (!same && getenv("SHOW"))
            printf("wrong %s: %s\n", private_names[s->hit[i].kind],
                   show(s->hit[i].at, s->hit[i].end));
    }
}

static void one_document(struct private_scan *s)
{
    const int where = (int)below(3);
    weir_buf_reset(&text, 1 << 20);
    n_truth = 0;
    put(filler[where][below(4)]);
    for (int i = 0; i < 24; i++) {
        if (below(2)) {
            plant((enum private_kind)below(PRIVATE_N_KINDS), where);
        } else {
            put_form(where != ZH && !below(12) ? PICK(code_traps) : PICK(traps));
            put(where == ZH ? "。" : "\n");
            put(filler[where][below(4)]);
        }
    }
    compare(s);
}

int main(void)
{
    struct weir_err err = {0};
    struct private_scan s;
    private_patterns *p = private_open(&err);
    assert(p && private_scan_init(&s, p, &err) == 0);
    for (int i = 0; i < 4000; i++)
        one_document(&s);
    int bad = 0;
    for (int k = 0; k < PRIVATE_N_KINDS; k++) {
        const double recall = (double)right[k] / (double)planted[k],
                     precision = (double)right[k] / (double)found[k];
        const double bar = k == PRIVATE_ID_CARD || k == PRIVATE_BANK_CARD ? 0.99 : 0.95;
        printf("%-10s planted %zu recall %.4f precision %.4f\n", private_names[k], planted[k],
               recall, precision);
        bad |= planted[k] < 1000 || recall < bar || precision < bar;
    }
    private_scan_free(&s);
    private_close(p);
    weir_buf_free(&text);
    return bad;
}
