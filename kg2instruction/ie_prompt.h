/* Instructions: templates with places for candidates and format. */
#ifndef WEIR_KG2INSTRUCTION_IE_PROMPT_H
#define WEIR_KG2INSTRUCTION_IE_PROMPT_H

#include "kg2instruction/ie_answer.h"
#include "kg2instruction/ie_file.h"

struct ie_prompts {
    struct weir_span *with, *without; // (n_with), (n_without): with candidates, and without
    size_t n_with, n_without;
    enum ie_task task;
    enum ie_lang lang;
    struct ie_file file;
};

/* Our own templates, or those of a file: a list of texts; {lang: {"template", "open_template"}} as
 * KnowLM's, lists or objects of texts; {"TASKlang": text or list} as IEPile's. */
int ie_prompts_open(struct ie_prompts *p, enum ie_task task, enum ie_lang lang, const char *path,
                    struct weir_err *err);
void ie_prompts_close(struct ie_prompts *p);
/* Appends one; n chooses it (any number).  schema.p NULL: without candidates. */
void ie_prompt_fill(struct weir_buf *b, const struct ie_prompts *p, uint64_t n,
                    enum ie_format format, struct weir_span schema);
/* The instruction that IEPile's records have. */
struct weir_span ie_prompt_iepile(enum ie_task task, enum ie_lang lang);

/* ie_prompt_data.c: (20) a language; [[ ]] stands around what only goes with candidates. */
#define IE_N_FRAMES 20
extern const char *const ie_frames[2][IE_N_FRAMES];
extern const char *const ie_frame_what[2][IE_N_TASKS]; // {what}: that which is to be found
extern const char *const ie_frame_unit[2][IE_N_TASKS]; // {unit}: that which the candidates are
extern const char *const ie_iepile_prompt[2][IE_N_TASKS];

#endif
