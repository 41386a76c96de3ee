/* Any text renders to valid UTF-8; links lie inside the text, in order, and are never empty. */
#include <assert.h>
#include <string.h>
#include "ingest/wikitext.h"
#include "weir/utf8.h"

static void check(wikitext *w, const struct wiki_site *site, struct weir_span text)
{
    struct weir_err err = {0};
    size_t n, last = 0;
    assert(!wikitext_render(w, site, text, 1, &err));
    const struct weir_span t = wikitext_text(w);
    assert(!t.n || weir_utf8_valid(t.p, t.n) == t.n);
    const struct wikitext_link *l = wikitext_links(w, &n);
    for (size_t i = 0; i < n; i++) {
        assert(l[i].n && l[i].at + l[i].n <= t.n && l[i].at >= last);
        const struct weir_span target = wikitext_target(w, &l[i]);
        assert(target.n && weir_utf8_valid(target.p, target.n) == target.n);
        assert(weir_utf8_valid(t.p + l[i].at, l[i].n) == l[i].n);
        last = l[i].at;
    }
    const struct wikitext_range s = wikitext_subject(w);
    assert(s.at + s.n <= t.n && (!s.n || weir_utf8_valid(t.p + s.at, s.n) == s.n));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static wikitext *w;
    static struct wiki_site en, zh;
    struct weir_err err = {0};
    if (!w) {
        w = wikitext_new(&err);
        assert(w && !wiki_site_init(&en, "en", &err) && !wiki_site_init(&zh, "zh", &err));
    }
    const size_t valid = n ? weir_utf8_valid((const char *)data, n) : 0;
    check(w, &en, weir_span((const char *)data, valid));
    check(w, &zh, weir_span((const char *)data, valid));
    return 0;
}
