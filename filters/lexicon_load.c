/* Lists of terms as people publish them: one a line, UTF-8, with or without a byte order mark,
 * "\r\n" and a comma at the end; or three columns with tabs between:
 *
 *     term [TAB category [TAB weight]]
 *
 * Empty lines and lines that start with "# " are passed over. */
#include <stdlib.h>
#include <string.h>
#include "weir/io.h"
#include "weir/utf8.h"
#include "filters/lexicon.h"

static struct weir_span next_column(struct weir_span *line)
{
    const char *tab = memchr(line->p, '\t', line->n);
    const struct weir_span column = weir_span(line->p, tab ? (size_t)(tab - line->p) : line->n);
    line->p += column.n + (tab != NULL);
    line->n -= column.n + (tab != NULL);
    return column;
}

static struct weir_span trim(struct weir_span s)
{
    while (s.n && (s.p[0] == ' ' || s.p[0] == '\t'))
        s = weir_span(s.p + 1, s.n - 1);
    while (s.n && memchr(" \t\r,", s.p[s.n - 1], 4))
        s.n--;
    return s;
}

static int add_line(lexicon *l, struct weir_span line, enum lexicon_category category,
                    struct weir_err *err)
{
    line = trim(line);
    if (!line.n || (line.n > 1 && line.p[0] == '#' && line.p[1] == ' '))
        return 0;
    const struct weir_span term = trim(next_column(&line));
    const struct weir_span name = trim(next_column(&line));
    const struct weir_span weight = trim(next_column(&line));
    int w = 1;
    for (int c = 0; name.n; c++) {
        if (c == LEX_N_ALL)
            return weir_err_set(err, WEIR_EBAD, "no category \"%.*s\"", (int)name.n, name.p);
        if (weir_span_is(name, lexicon_category_names[c])) {
            category = (enum lexicon_category)c;
            break;
        }
    }
    if (weight.n) {
        if (weight.n != 1 || weight.p[0] < '1' || weight.p[0] > '9')
            return weir_err_set(err, WEIR_EBAD, "a weight is a digit from 1 to 9");
        w = weight.p[0] - '0';
    }
    return lexicon_add(l, term, category, w, err);
}

static int add_lines(lexicon *l, struct weir_span all, enum lexicon_category category,
                     struct weir_err *err)
{
    const char *p = all.p, *const end = all.p + all.n;
    if (all.n >= 3 && memcmp(p, "\xEF\xBB\xBF", 3) == 0)
        p += 3;
    for (size_t line = 1; p < end; line++) {
        const char *nl = memchr(p, '\n', (size_t)(end - p));
        const struct weir_span s = weir_span(p, (size_t)((nl ? nl : end) - p));
        if (add_line(l, s, category, err) < 0) {
            weir_err_prefix(err, "line %zu", line);
            return err->code;
        }
        p = nl ? nl + 1 : end;
    }
    return 0;
}

enum { MAX_LIST = 256 << 20, STEP = 1 << 16 };

int lexicon_load(lexicon *l, const char *path, enum lexicon_category category, struct weir_err *err)
{
    struct weir_buf b = {0};
    weir_io *io = weir_io_open_read(path, err);
    if (!io)
        return err->code;
    ssize_t n = 0;
    do {
        if (b.n > MAX_LIST || weir_buf_reserve(&b, STEP))
            n = weir_err_set(err, WEIR_EMEM, "%s: a list of more than 256M", path);
        else if ((n = weir_io_read(io, b.p + b.n, STEP, err)) > 0)
            b.n += (size_t)n;
    } while (n > 0);
    if (n < 0)
        weir_io_abort(io);
    else
        n = weir_io_close(io, err);
    if (n == 0 && add_lines(l, weir_buf_span(&b), category, err) < 0) {
        weir_err_prefix(err, "%s", path);
        n = err->code;
    }
    weir_buf_free(&b);
    return n < 0 ? (int)n : 0;
}
