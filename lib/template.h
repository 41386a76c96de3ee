/* Prompt templates: {instruction} and {input} in a text. */
#ifndef WEIR_TEMPLATE_H
#define WEIR_TEMPLATE_H

#include "weir/buf.h"

#ifdef __cplusplus
extern "C" {
#endif

struct template
{
    char *with_input, *without_input;
    int takes_schema; // an information extraction task is one object: template_task()
};

/* "plain", "alpaca", "knowlm" (the same), "ie", or a JSON file with prompt_input and
 * prompt_no_input, as KnowLM and alpaca-lora keep theirs. */
int template_open(struct template *t, const char *name, struct weir_err *err);
void template_close(struct template *t);
/* Appends the object of a task that is the instruction of "ie"; schema is JSON, an empty
 * instruction is to extract entities. */
void template_task(struct weir_span instruction, struct weir_span schema, struct weir_span input,
                   struct weir_buf *to);
/* Appends the prompt; braces in the user's text are text. */
void template_fill(const struct template *t, struct weir_span instruction, struct weir_span input,
                   struct weir_buf *to);

#ifdef __cplusplus
}
#endif
#endif
