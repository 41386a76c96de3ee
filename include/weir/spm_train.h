/* Training SentencePiece models, by the SentencePiece library. */
#ifndef WEIR_SPM_TRAIN_H
#define WEIR_SPM_TRAIN_H

#include "weir/buf.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One of spm_train's settings, by its name there: {"vocab_size", "32000"}. */
struct weir_spm_setting {
    const char *name, *value;
};

/* Trains a model from lines and appends it (a .model file) to *model.  next() gives the next line,
 * which lives until it is called again: 1, 0 behind the last.  Settings that are not given are the
 * library's.  The library keeps all lines; what it takes in all is measured at 11 to 65 bytes for a
 * byte of text.  WEIR_EUSAGE: it refuses a setting, or cannot make such a model of these lines. */
WEIR_API WEIR_MUST_CHECK int weir_spm_train(const struct weir_spm_setting *settings, size_t n,
                                            int (*next)(void *ctx, struct weir_span *line),
                                            void *ctx, struct weir_buf *model,
                                            struct weir_err *err);

/* Appends texts as a value for settings that are lists (user_defined_symbols). */
WEIR_API void weir_spm_list(struct weir_buf *b, const char *const *texts, size_t n);

#ifdef __cplusplus
}
#endif
#endif
