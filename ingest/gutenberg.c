/* Where a Project Gutenberg book begins and ends.  Since about 2001 the book stands between lines
 * "*** START OF …" and "*** END OF …".  Older files have a header that ends with the small print's
 * "*END*" line, and end with "End of The Project Gutenberg Etext of …". */
#include "ingest/gutenberg.h"

#include <string.h>
#include <strings.h>

/* How far a header may reach: the small print of the oldest files is 12 KB long. */
#define HEADER_MAX (40u << 10)

/* The next line of *rest without its line end. */
static int next_line(struct weir_span *rest, struct weir_span *line)
{
    if (!rest->n)
        return 0;
    const char *nl = memchr(rest->p, '\n', rest->n);
    const size_t n = nl ? (size_t)(nl - rest->p) : rest->n;
    *line = weir_span(rest->p, n && rest->p[n - 1] == '\r' ? n - 1 : n);
    *rest = weir_span(rest->p + n + (nl != NULL), rest->n - n - (nl != NULL));
    return 1;
}

static struct weir_span trim(struct weir_span s)
{
    while (s.n && strchr(" \t\r\n", s.p[0]) && s.p[0])
        s = weir_span(s.p + 1, s.n - 1);
    while (s.n && strchr(" \t\r\n", s.p[s.n - 1]) && s.p[s.n - 1])
        s.n--;
    return s;
}

static int begins(struct weir_span s, const char *with)
{
    const size_t n = strlen(with);
    return s.n >= n && !strncasecmp(s.p, with, n);
}

static int holds(struct weir_span s, const char *word)
{
    const size_t n = strlen(word);
    for (size_t i = 0; i + n <= s.n; i++)
        if (!strncasecmp(s.p + i, word, n))
            return 1;
    return 0;
}

/* The line without leading asterisks and blanks, which the forms spell in many ways; *stars counts
 * the asterisks. */
static struct weir_span without_stars(struct weir_span line, size_t *stars)
{
    *stars = 0;
    while (line.n && (line.p[0] == '*' || line.p[0] == ' ')) {
        *stars += line.p[0] == '*';
        line = weir_span(line.p + 1, line.n - 1);
    }
    return line;
}

/* "*** START OF …": a line "*** END OF …" must come. */
static int starts_book(struct weir_span line)
{
    size_t stars;
    const struct weir_span s = without_stars(line, &stars);
    return stars && ((begins(s, "START OF TH") && holds(s, "PROJECT GUTENBERG")) ||
                     begins(s, "START OF PROJECT GUTENBERG"));
}

static int ends_small_print(struct weir_span line)
{
    size_t stars;
    const struct weir_span s = without_stars(line, &stars);
    return stars && begins(s, "END") && holds(s, "THE SMALL PRINT");
}

static int begins_footer(struct weir_span line)
{
    size_t stars;
    const struct weir_span s = without_stars(trim(line), &stars);
    if (stars && (begins(s, "END OF TH") || begins(s, "END OF PROJECT")) &&
        holds(s, "PROJECT GUTENBERG"))
        return 1;
    if (stars && begins(s, "START: FULL LICENSE"))
        return 1;
    return begins(s, "End of the Project Gutenberg") || begins(s, "End of Project Gutenberg") ||
           begins(s, "End of this Project Gutenberg") ||
           begins(s, "This is the end of the Project Gutenberg") ||
           begins(s, "Ende dieses Project Gutenberg") || begins(s, "Fin de Project Gutenberg");
}

/* Paragraphs behind the header that say who typed the book. */
static int is_credit(struct weir_span line)
{
    static const char *const first[] = {
        "Produced by",        "E-text prepared by", "Etext prepared by",      "This etext was",
        "This e-text was",    "This eBook was",     "This book was produced", "Transcribed from",
        "Scanned and proof",  "HTML version by",    "Text file produced by",  "Credits:",
        "Project Gutenberg's"};
    for (size_t i = 0; i < sizeof first / sizeof first[0]; i++)
        if (begins(line, first[i]))
            return 1;
    return 0;
}

static struct weir_span skip_credits(struct weir_span text)
{
    for (;;) {
        text = trim(text);
        struct weir_span rest = text, line;
        if (!next_line(&rest, &line) || !is_credit(line))
            return text;
        size_t n = 0;
        while (n < 12 && next_line(&rest, &line) && trim(line).n)
            n++;
        if (n == 12)
            return text; // no credit but prose that begins like one
        text = rest;
    }
}

static void read_header_line(struct gutenberg_book *book, struct weir_span line)
{
    static const char mark[] = "EBook #";
    if (begins(line, "Title:") && !book->title.p)
        book->title = trim(weir_span(line.p + 6, line.n - 6));
    if (begins(line, "Language:") && !book->language.p)
        book->language = trim(weir_span(line.p + 9, line.n - 9));
    for (size_t i = 0; i + sizeof mark < line.n && !book->number.p; i++) {
        size_t n = 0;
        if (strncasecmp(line.p + i, mark, sizeof mark - 1))
            continue;
        const char *digits = line.p + i + sizeof mark - 1;
        while (digits + n < line.p + line.n && digits[n] >= '0' && digits[n] <= '9')
            n++;
        if (n)
            book->number = weir_span(digits, n);
    }
}

void gutenberg_split(struct weir_span file, struct gutenberg_book *book)
{
    struct weir_span rest = file, line, body = file;
    memset(book, 0, sizeof *book);
    while (next_line(&rest, &line) && (size_t)(line.p - file.p) < HEADER_MAX) {
        if (begins_footer(line))
            break;
        const int starts = starts_book(line);
        if (starts || ends_small_print(line)) {
            body = rest;
            book->header = 1;
            book->cut_off = starts;
        }
    }
    rest = weir_span(file.p, book->header ? (size_t)(body.p - file.p) : 0);
    while (next_line(&rest, &line))
        read_header_line(book, line);
    rest = body;
    while (next_line(&rest, &line)) {
        if (begins_footer(line)) {
            body.n = (size_t)(line.p - body.p);
            book->footer = 1;
            book->cut_off = 0;
            break;
        }
    }
    /* Only the blank lines: the first line's indentation belongs to the book. */
    const struct weir_span text = book->header ? skip_credits(body) : trim(body);
    book->text = text;
}

int gutenberg_is_latin1(struct weir_span file)
{
    struct weir_span rest = weir_span(file.p, file.n < HEADER_MAX ? file.n : HEADER_MAX), line;
    while (next_line(&rest, &line))
        if (begins(line, "Character set encoding:"))
            return holds(line, "8859-1") || holds(line, "ISO-Latin-1") ||
                   holds(line, "ISO Latin-1") || holds(line, "1252");
    return 0;
}
