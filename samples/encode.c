/* Ids of each line of standard input, and the text back from them.
 *   cc -Iinclude samples/encode.c build/libweir.so -o encode && ./encode tokenizer.model <text */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "weir/tok.h"

int main(int argc, char **argv)
{
    struct weir_err err = {0};
    weir_tok *t = weir_tok_open(argc > 1 ? argv[1] : "tokenizer.model", &err);
    weir_tok_scratch *s = t ? weir_tok_scratch_new(t, &err) : NULL; // one for each thread
    struct weir_piece *pieces = NULL;
    size_t cap = 0, n;
    char line[4096];
    while (s && !err.code && fgets(line, sizeof line, stdin)) {
        struct weir_buf text = {0};
        struct weir_tok_stream stream = {0};
        if (weir_tok_encode(t, s, weir_span(line, strcspn(line, "\n")), &pieces, &cap, &n, &err))
            break;
        for (size_t i = 0; i < n; i++) {
            printf("%u ", pieces[i].id);
            if (weir_tok_stream_next(t, &stream, pieces[i].id, &text, &err))
                break;
        }
        if (!weir_tok_stream_end(&stream, &text, &err))
            printf("= %.*s\n", (int)text.n, text.n ? text.p : "");
        weir_buf_free(&text);
    }
    if (err.code)
        fprintf(stderr, "%s\n", err.msg);
    free(pieces);
    weir_tok_scratch_free(s);
    weir_tok_free(t);
    return err.code != 0;
}
