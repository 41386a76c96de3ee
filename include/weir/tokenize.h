/* tokenize: documents to a token stream, and back; text lines to ids, and back. */
#ifndef WEIR_TOKENIZE_H
#define WEIR_TOKENIZE_H

#include "weir/opt.h"

#ifdef __cplusplus
extern "C" {
#endif

enum weir_tokenize_compat { WEIR_COMPAT_NONE, WEIR_COMPAT_KNOWLM };
enum weir_tokenize_encoder { WEIR_ENCODER_WEIR, WEIR_ENCODER_LIBRARY };
enum weir_tokenize_language { WEIR_LANGUAGE_CHINESE, WEIR_LANGUAGE_ENGLISH };

struct weir_tokenize_opt {
    const char *model; // a SentencePiece .model
    int json;          // JSON Lines instead of the token stream
    int lines;         // text lines instead of documents, lines of ids instead of frames
    int decode;        // the other way
    int instructions;  // records with instructions and answers, and a mask of the answers
    const char *form;  // of them: a template's name or file; NULL: alpaca
    int encoder;       // enum weir_tokenize_encoder
    int check;         // encode with the library too and stop where ids differ
    int bos, eos;      // with lines: put around every line's ids
    int compat;        // enum weir_tokenize_compat; the rest is of WEIR_COMPAT_KNOWLM
    int language;      // enum weir_tokenize_language
    int keep_newlines; // keep newlines and the marks that end sentences
    int no_split;      // a document is one sentence
    int64_t seq_length;
};

WEIR_API void weir_tokenize_opt_init(struct weir_tokenize_opt *opt);
/* Runs the stage over the job's input to its output.  Returns 0 or WEIR_E… */
WEIR_API WEIR_MUST_CHECK int weir_tokenize_run(const struct weir_tokenize_opt *opt,
                                               struct weir_job *job, struct weir_err *err);

enum weir_train_preset { WEIR_TRAIN_LLAMA, WEIR_TRAIN_SENTENCEPIECE };
enum weir_train_type {
    WEIR_TRAIN_AS_PRESET,
    WEIR_TRAIN_BPE,
    WEIR_TRAIN_UNIGRAM,
    WEIR_TRAIN_WORD,
    WEIR_TRAIN_CHAR
};

struct weir_tokenize_train_opt {
    int preset;                            // enum weir_train_preset: what the others leave open
    int type;                              // enum weir_train_type
    int64_t vocab_size;                    // 0: the preset's
    double coverage;                       // 0: the preset's
    const char *normalization;             // a rule's name; NULL: the preset's
    struct weir_strings symbols, controls; // pieces that text is cut into, and that never match it
    struct weir_strings settings;          // "NAME=VALUE", of spm_train's
    uint64_t sample;                       // bytes of text to learn from; 0: what memory allows
};

WEIR_API void weir_tokenize_train_opt_init(void *opt);
/* Learns a SentencePiece model from the lines of the job's documents and writes it to the job's
 * output.  When they are more than the sample, lines are drawn by job->seed. */
WEIR_API WEIR_MUST_CHECK int weir_tokenize_train_run(const struct weir_tokenize_train_opt *opt,
                                                     struct weir_job *job, struct weir_err *err);

#ifdef __cplusplus
}
#endif
#endif
