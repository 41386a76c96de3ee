/* What a SentencePiece model file says of itself, read without the library: the facts that the
 * library's C++ interface does not tell, each piece's surface, and where text may be cut. */
#ifndef WEIR_SPM_MODEL_H
#define WEIR_SPM_MODEL_H

#include "weir/spm.h"

#ifdef __cplusplus
extern "C" {
#endif

/* sentencepiece_model.proto, ModelProto.SentencePiece.Type and TrainerSpec.ModelType. */
enum { SPM_NORMAL = 1, SPM_UNKNOWN, SPM_CONTROL, SPM_USER_DEFINED, SPM_UNUSED, SPM_BYTE };
enum { SPM_UNIGRAM = 1, SPM_BPE = 2 };

struct spm_piece {
    struct weir_span text;    // as the model spells it, in file
    struct weir_span surface; // what decoding writes inside a text: ▁ → space, <0x0A> → its byte
    float score;
    uint8_t type, byte;
};

struct spm_cuts;

struct spm_model {
    struct weir_buf file;
    uint8_t sha256[32];
    struct spm_piece *pieces;
    size_t n_pieces, cap_pieces;
    int type;
    int byte_fallback, whitespace_suffix, dummy_prefix, remove_spaces, escape_spaces;
    int folds;                    // has normalisation rules
    struct weir_span charsmap;    // precompiled normalisation rules, in file
    struct weir_span unk_surface; // what decoding writes for <unk>
    struct weir_span special[4];  // spelling of unk, bos, eos, pad
    int unfolds;                  // has rules for decoded text
    struct weir_buf surfaces;
    struct spm_cuts *cuts; // NULL when cutting cannot be proved to keep the ids
};

/* Reads and understands the file.  Call spm_model_free() whatever it returns; start with zeros. */
int spm_model_load(struct spm_model *m, const char *path, struct weir_err *err);
void spm_model_free(struct spm_model *m);
/* The model as one that adds no dummy prefix (and no self test, which would speak of the prefix).
 */
void spm_model_without_prefix(const struct spm_model *m, struct weir_buf *to);

/* Bytes of text that decode(ids) would not give back as they are. */
uint64_t spm_model_folded(const struct spm_model *m, struct weir_span text,
                          const struct weir_piece *p, size_t n);

/* Sets m->cuts when the model allows it. */
int spm_cuts_build(struct spm_model *m, struct weir_err *err);
void spm_cuts_free(struct spm_cuts *c);
/* The end of the part that starts at `at`: near at + want, at a place where the parts encoded alone
 * have the ids of the whole; text.n when there is none. */
size_t spm_cuts_end(const struct spm_model *m, struct weir_span text, size_t at, size_t want);

#ifdef __cplusplus
}
#endif
#endif
