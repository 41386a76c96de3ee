/* kg_make N [SEED]: a Wikidata dump of N entities to standard output, for the bench: an array, one
 * entity a line, in the shape of the real one. Labels in a dozen languages, descriptions, aliases,
 * statements with references and hashes, sitelinks: about 5 KB an entity (the real dump has 14).
 * Q-ids come in no order, every twentieth entity is a class, and names repeat as names do. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "weir/buf.h"

static uint64_t state;

static uint32_t rnd(uint32_t n)
{
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    return (uint32_t)(state >> 33) % n;
}

/* A name of n characters, of the 3,000 from U+4E00 in steps of 5. */
static void add_han(struct weir_buf *b, unsigned n)
{
    while (n--)
        weir_buf_add_utf8(b, 0x4E00 + 5 * rnd(3000));
}

static void add_latin(struct weir_buf *b, unsigned n)
{
    weir_buf_addc(b, (char)('A' + rnd(26)));
    while (n--)
        weir_buf_addc(b, "aeiounrstlmd"[rnd(12)]);
}

static void add_hash(struct weir_buf *b)
{
    for (int i = 0; i < 5; i++)
        weir_buf_addf(b, "%08x", rnd(UINT32_MAX));
}

static void add_text(struct weir_buf *b, const char *lang, int han)
{
    weir_buf_addf(b, "\"%s\":{\"language\":\"%s\",\"value\":\"", lang, lang);
    if (han)
        add_han(b, 2 + rnd(6));
    else
        add_latin(b, 4 + rnd(20));
    weir_buf_adds(b, "\"}");
}

static void add_texts(struct weir_buf *b, const char *member)
{
    static const char *const langs[] = {"en", "zh", "de",    "fr", "es", "it",
                                        "nl", "ja", "zh-tw", "ru", "pl", "sv"};
    weir_buf_addf(b, ",\"%s\":{", member);
    for (int i = 0; i < 12; i++) {
        weir_buf_adds(b, i ? "," : "");
        add_text(b, langs[i], langs[i][0] == 'z' || langs[i][0] == 'j');
    }
    weir_buf_addc(b, '}');
}

static void add_item(struct weir_buf *b, unsigned property, unsigned q)
{
    weir_buf_addf(b, "{\"snaktype\":\"value\",\"property\":\"P%u\",\"hash\":\"", property);
    add_hash(b);
    weir_buf_addf(b,
                  "\",\"datavalue\":{\"value\":{\"entity-type\":\"item\",\"numeric-id\":%u,\"id\":"
                  "\"Q%u\"},\"type\":\"wikibase-entityid\"},\"datatype\":\"wikibase-item\"}",
                  q, q);
}

static void add_time(struct weir_buf *b, unsigned property)
{
    weir_buf_addf(b, "{\"snaktype\":\"value\",\"property\":\"P%u\",\"hash\":\"", property);
    add_hash(b);
    weir_buf_addf(b,
                  "\",\"datavalue\":{\"value\":{\"time\":\"+%04u-%02u-%02uT00:00:00Z\","
                  "\"timezone\":0,\"before\":0,\"after\":0,\"precision\":11,\"calendarmodel\":"
                  "\"http://www.wikidata.org/entity/Q1985727\"},\"type\":\"time\"},"
                  "\"datatype\":\"time\"}",
                  1500 + rnd(520), 1 + rnd(12), 1 + rnd(28));
}

static void add_statement(struct weir_buf *b, unsigned property, unsigned kind, unsigned q)
{
    weir_buf_adds(b, "{\"mainsnak\":");
    if (kind == 0)
        add_item(b, property, q);
    else if (kind == 1)
        add_time(b, property);
    else
        weir_buf_addf(b,
                      "{\"snaktype\":\"value\",\"property\":\"P%u\",\"datavalue\":{\"value\":"
                      "\"%08u\",\"type\":\"string\"},\"datatype\":\"external-id\"}",
                      property, rnd(99999999));
    weir_buf_addf(b, ",\"type\":\"statement\",\"id\":\"Q%u$", q);
    add_hash(b);
    weir_buf_adds(b, "\",\"rank\":\"normal\"");
    if (rnd(4) == 0) {
        weir_buf_adds(b, ",\"qualifiers\":{\"P580\":[");
        add_time(b, 580);
        weir_buf_adds(b, "]},\"qualifiers-order\":[\"P580\"]");
    }
    if (rnd(2) == 0) {
        weir_buf_adds(b, ",\"references\":[{\"hash\":\"");
        add_hash(b);
        weir_buf_adds(b, "\",\"snaks\":{\"P143\":[");
        add_item(b, 143, 328);
        weir_buf_adds(b, "]},\"snaks-order\":[\"P143\"]}]");
    }
    weir_buf_addc(b, '}');
}

static void add_entity(struct weir_buf *b, uint32_t q)
{
    static const unsigned properties[] = {17, 131, 361, 569, 571, 214, 227, 244};
    const int is_class = q % 20 == 0;
    const unsigned n = 2 + rnd(7), sites = rnd(4);
    weir_buf_addf(b, "{\"type\":\"item\",\"id\":\"Q%u\"", q);
    add_texts(b, "labels");
    add_texts(b, "descriptions");
    weir_buf_adds(b, ",\"aliases\":{\"en\":[{\"language\":\"en\",\"value\":\"");
    add_latin(b, 4 + rnd(8));
    weir_buf_adds(b, "\"}],\"zh\":[{\"language\":\"zh\",\"value\":\"");
    add_han(b, 2 + rnd(3));
    weir_buf_addf(b, "\"}]},\"claims\":{\"P%d\":[", is_class ? 279 : 31);
    add_statement(b, is_class ? 279 : 31, 0, 20 * (1 + rnd(is_class ? q / 20 + 1 : 250000)));
    weir_buf_addc(b, ']');
    for (unsigned i = 0; i < n; i++) {
        weir_buf_addf(b, ",\"P%u\":[", properties[i]);
        add_statement(b, properties[i], i < 3 ? 0 : i < 5 ? 1 : 2, 1 + rnd(100000000));
        weir_buf_addc(b, ']');
    }
    weir_buf_adds(b, "},\"sitelinks\":{");
    for (unsigned i = 0; i < sites; i++) {
        static const char *const names[] = {"enwiki", "zhwiki", "dewiki"};
        weir_buf_addf(b, "%s\"%s\":{\"site\":\"%s\",\"title\":\"", i ? "," : "", names[i],
                      names[i]);
        add_latin(b, 6 + rnd(12));
        weir_buf_addf(b, " %u\",\"badges\":[]}", q);
    }
    weir_buf_addf(b, "},\"lastrevid\":%u,\"modified\":\"2024-05-01T00:00:00Z\"}", rnd(2000000000));
}

int main(int argc, char **argv)
{
    const uint64_t n = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000;
    struct weir_buf b = {0};
    state = 88172645463325252u + (argc > 2 ? strtoull(argv[2], NULL, 10) : 0);
    weir_buf_adds(&b, "[\n");
    for (uint64_t i = 0; i < n; i++) {
        /* 104729 is a prime that does not divide the number of ids: each comes once. */
        add_entity(&b, (uint32_t)(i * 104729 % (n | 1)) + 1);
        weir_buf_adds(&b, i + 1 < n ? ",\n" : "\n]\n");
        if (b.n > 1 << 20) {
            if (b.failed || fwrite(b.p, 1, b.n, stdout) != b.n)
                return 1;
            b.n = 0;
        }
    }
    if (b.failed || fwrite(b.p, 1, b.n, stdout) != b.n || fflush(stdout))
        return 1;
    weir_buf_free(&b);
    return 0;
}
