/* Ids of each line of standard input, and the text back from them, character by character as the
 * ids come.
 *   cc -Iinclude samples/encode.c build/libweir.so -o encode && ./encode tokenizer.model <text
 * or, after make install, cc samples/encode.c $(pkg-config --cflags --libs weir) -o encode */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "weir/tok.h"

static struct weir_piece *pieces;
static size_t cap, n;

/* Encodes and decodes one text: the ten lines. */
static int there_and_back(const weir_tok *t, weir_tok_scratch *s, struct weir_span line,
                          struct weir_buf *text, struct weir_err *err)
{
    struct weir_tok_stream stream = {0};
    int rc = weir_tok_encode(t, s, line, &pieces, &cap, &n, err);
    for (size_t i = 0; i < n && !rc; i++) {
        printf("%u ", pieces[i].id);
        rc = weir_tok_stream_next(t, &stream, pieces[i].id, text, err); // whole characters only
    }
    return rc ? rc : weir_tok_stream_end(&stream, text, err);
}

int main(int argc, char **argv)
{
    struct weir_err err = {0};
    struct weir_buf text = {0};
    char line[4096];
    weir_tok *t = weir_tok_open(argc > 1 ? argv[1] : "tokenizer.model", &err);
    weir_tok_scratch *s = t ? weir_tok_scratch_new(t, &err) : NULL; // one for each thread
    for (; s && !err.code && fgets(line, sizeof line, stdin); text.n = 0)
        if (!there_and_back(t, s, weir_span(line, strcspn(line, "\n")), &text, &err))
            printf("= %.*s\n", (int)text.n, text.n ? text.p : "");
    if (err.code)
        fprintf(stderr, "%s\n", err.msg);
    weir_buf_free(&text);
    free(pieces);
    weir_tok_scratch_free(s);
    weir_tok_free(t);
    return err.code != 0;
}
